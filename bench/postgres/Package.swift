// swift-tools-version:6.2
// The PostgreSQL store beside a bare libpq pipeline: a package of its own, so that nobody else needs libpq to measure.
import PackageDescription

let package = Package(
  name: "postgres-bench",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "troupe", path: "../..", traits: [])],
  targets: [
    .systemLibrary(name: "CPQ", path: "Sources/CPQ", pkgConfig: "libpq"),
    .executableTarget(
      name: "postgres-bench", dependencies: [.product(name: "TroupePostgres", package: "troupe"), "CPQ"],
      swiftSettings: [.swiftLanguageMode(.v6)]),
  ])
