// swift-tools-version:6.2
// The runtime under load: a real node and a real client, two processes. A package of its own that uses Troupe as any user does.
import PackageDescription

/// Set by the Makefile: a release build loads the macro plugin that was built in debug.
let macroTool = Context.environment["TROUPE_MACROS_TOOL"]

let package = Package(
  name: "troupe-bench",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "troupe", path: "../..")],
  targets: [
    .executableTarget(
      name: "troupe-bench",
      dependencies: [
        .product(name: "Troupe", package: "troupe"),
        .product(name: "TroupeSQLite", package: "troupe"),
        .product(name: "TroupePostgres", package: "troupe"),
        .product(name: "TroupeTesting", package: "troupe"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6)]
        + (macroTool.map { [.unsafeFlags(["-load-plugin-executable", "\($0)#TroupeMacros"])] } ?? []))
  ])
