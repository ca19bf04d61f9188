// swift-tools-version:6.2
// One package, two things: Troupe (the runtime) and Shopstream (the commerce platform on it).
//
// Each target may depend on what stands above it in this file only; `Tests/StyleTests` holds the imports against it.
// The trait `Shop` turns on everything that is not Troupe; it is off by default, so that a user of the library
// neither fetches nor builds the gateway's dependencies. `make` turns it on. `Tracing` alone turns on TroupeTracing's.
//
// Two environment variables change what is built, for speed only:
//   TROUPE_MACROS_TOOL  the built macro plugin: release builds load the debug one (swift-syntax: 69 s instead of 400 s)
//   TROUPE_PART         "macros": the plugin and its tests alone; "core": Troupe alone, for the sanitizers; "fuzz": the fuzzers; "sabotage": Troupe
//                       with promises that can be broken on purpose, and the tests that notice
import CompilerPluginSupport
import PackageDescription

let macroTool = Context.environment["TROUPE_MACROS_TOOL"]
let part = Context.environment["TROUPE_PART"] ?? "all"

let strict: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
  ] + (part == "sabotage" ? [.define("TROUPE_SABOTAGE")] : [])
/// For modules that declare a view over bytes (`~Escapable`).
let lifetimes: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]
/// For modules that use `@Entity` or `@Wire`.
let withMacros: [SwiftSetting] = strict + (macroTool.map { [.unsafeFlags(["-load-plugin-executable", "\($0)#TroupeMacros"])] } ?? [])

let tracing: TargetDependencyCondition? = .when(traits: ["Tracing"])
let shop: TargetDependencyCondition? = .when(traits: ["Shop"])
func shopProduct(_ name: String, _ package: String) -> Target.Dependency {
  .product(name: name, package: package, condition: shop)
}

// MARK: Macros

var macros: [Target] = []
if macroTool == nil {
  macros.append(
    .macro(
      name: "TroupeMacros",
      dependencies: [
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
        .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
      ], swiftSettings: strict))
}
let macroTests: [Target] = [
  .testTarget(
    name: "TroupeMacrosTests",
    dependencies: [
      "TroupeMacros",
      .product(name: "SwiftSyntaxMacrosGenericTestSupport", package: "swift-syntax"),
    ], swiftSettings: strict)
]

// MARK: Troupe

let core: [Target] = [
  .target(name: "CSpawn"),
  .target(name: "ChildPrograms", dependencies: ["CSpawn"], swiftSettings: strict),
  .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
  .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
  .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
  .target(name: "TroupeNet", dependencies: ["CLibuv", "COpenSSL", "CLZ4"], swiftSettings: lifetimes),
  .target(name: "TroupeWire", swiftSettings: lifetimes),
  .target(name: "TroupeJSON", dependencies: ["TroupeWire"], swiftSettings: strict),
  .target(name: "TroupeTransport", dependencies: ["TroupeNet", "TroupeWire"], swiftSettings: lifetimes),
  .target(name: "TroupeCluster", dependencies: ["TroupeWire"], swiftSettings: strict),
  .target(name: "TroupeJournal", dependencies: ["TroupeWire", "TroupeCluster"], swiftSettings: strict),
  .target(
    name: "TroupeSQLite",
    dependencies: ["TroupeJournal", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
  .target(name: "TroupeArchive", dependencies: ["TroupeJournal"], swiftSettings: strict),
  .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
  .target(name: "TroupePostgres", dependencies: ["TroupeJournal", "TroupeNet", "CPostgres"], swiftSettings: strict),
  .target(
    name: "Troupe",
    dependencies: ["TroupeTransport", "TroupeCluster", "TroupeJournal"] + (macroTool == nil ? ["TroupeMacros"] : []),
    swiftSettings: withMacros + [.enableExperimentalFeature("Lifetimes")]),
  .target(
    name: "TroupeProjections", dependencies: ["Troupe", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
  .target(
    name: "TroupeTesting", dependencies: ["Troupe"], swiftSettings: withMacros + [.enableExperimentalFeature("Lifetimes")]),
]

let coreTests: [Target] = [
  .testTarget(name: "ChildProgramsTests", dependencies: ["ChildPrograms"], swiftSettings: strict),
  .target(name: "StoreContract", dependencies: ["TroupeJournal"], path: "Tests/Support/StoreContract", swiftSettings: strict),
  .testTarget(name: "TroupeNetTests", dependencies: ["ChildPrograms", "TroupeNet", "TroupeTesting"], swiftSettings: lifetimes),
  .testTarget(name: "TroupeWireTests", dependencies: ["ChildPrograms", "TroupeWire"], swiftSettings: lifetimes),
  .testTarget(name: "TroupeJSONTests", dependencies: ["TroupeJSON"], swiftSettings: strict),
  .testTarget(
    name: "TroupeTransportTests", dependencies: ["ChildPrograms", "TroupeTransport", "TroupeTesting"], swiftSettings: lifetimes),
  .testTarget(name: "TroupeClusterTests", dependencies: ["TroupeCluster"], swiftSettings: strict),
  .testTarget(name: "TroupeJournalTests", dependencies: ["TroupeJournal", "StoreContract"], swiftSettings: strict),
  .testTarget(
    name: "TroupeSQLiteTests",
    dependencies: ["TroupeSQLite", "StoreContract", .product(name: "GRDB", package: "GRDB.swift")], exclude: ["Golden"],
    swiftSettings: strict),
  .testTarget(name: "TroupeArchiveTests", dependencies: ["TroupeArchive"], swiftSettings: strict),
  .target(
    name: "PostgresServer", dependencies: ["ChildPrograms", "CPostgres"], path: "Tests/Support/PostgresServer", swiftSettings: strict),
  .testTarget(
    name: "TroupePostgresTests", dependencies: ["ChildPrograms", "TroupePostgres", "PostgresServer", "StoreContract"],
    swiftSettings: strict),
  .testTarget(name: "TroupeTestingTests", dependencies: ["TroupeTesting"], swiftSettings: lifetimes),
  .testTarget(
    name: "TroupeProjectionsTests",
    dependencies: ["TroupeProjections", "TroupeTesting", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: withMacros),
  .testTarget(
    name: "TroupeTests", dependencies: ["ChildPrograms", "Troupe", "TroupeSQLite", "TroupeJSON", "TroupeTesting"],
    swiftSettings: withMacros),
]

// MARK: Fuzzers

let fuzzed: [Target.Dependency] = ["COpenSSL", "TroupeNet", "TroupeWire", "TroupeTransport", "Troupe"]
let fuzzedSettings: [SwiftSetting] = withMacros + [.enableExperimentalFeature("Lifetimes")]

/// The fuzzers' corpora, replayed: the same sources as the fuzzers', in a test.
let fuzzTests: [Target] = [
  .testTarget(name: "FuzzTests", dependencies: fuzzed, exclude: ["Corpus", "Entries"], swiftSettings: fuzzedSettings)
]
let fuzzers = ["frames", "handshake", "wire", "lz4", "tls"]
let fuzzTargets: [Target] =
  [.target(name: "FuzzTargets", dependencies: fuzzed, path: "Tests/FuzzTests/Targets", swiftSettings: fuzzedSettings)]
  + fuzzers.map {
    .target(name: "fuzz_\($0)", dependencies: ["FuzzTargets"], path: "Tests/FuzzTests/Entries/\($0)", swiftSettings: strict)
  }

// MARK: Sabotage

let sabotageTests: [Target] = [
  .testTarget(name: "SabotageTests", dependencies: ["TroupeTesting", "TroupeNet"], swiftSettings: strict)
]
/// What a simulated cluster is made of.
let simulated: Set<String> = [
  "COpenSSL", "CLibuv", "CLZ4", "TroupeNet", "TroupeWire", "TroupeTransport", "TroupeCluster", "TroupeJournal", "Troupe", "TroupeTesting",
]

// MARK: Shopstream, and what needs packages as it does

let shopstream: [Target] = [
  .target(
    name: "TroupeTracing",
    dependencies: ["Troupe", .product(name: "Tracing", package: "swift-distributed-tracing", condition: tracing)],
    swiftSettings: strict),
  .target(
    name: "TroupeAWS",
    dependencies: ["TroupeJSON", shopProduct("AsyncHTTPClient", "async-http-client"), shopProduct("Crypto", "swift-crypto")],
    swiftSettings: strict),
  .target(
    name: "TroupeSinks",
    dependencies: [
      "Troupe", "TroupeJSON", "TroupeAWS", shopProduct("AsyncHTTPClient", "async-http-client"), shopProduct("Crypto", "swift-crypto"),
    ], swiftSettings: strict),
  .target(name: "TroupeDynamoDB", dependencies: ["TroupeJournal", "TroupeJSON", "TroupeAWS"], swiftSettings: strict),
  .target(name: "ShopMoney", dependencies: ["Troupe"], path: "Sources/Shop/Money", swiftSettings: withMacros),
  .target(name: "ShopCatalogue", dependencies: ["Troupe", "ShopMoney"], path: "Sources/Shop/Catalogue", swiftSettings: withMacros),
  .target(name: "ShopInventory", dependencies: ["Troupe"], path: "Sources/Shop/Inventory", swiftSettings: withMacros),
  .target(name: "ShopCarts", dependencies: ["Troupe"], path: "Sources/Shop/Carts", swiftSettings: withMacros),
  .target(
    name: "Gateway",
    dependencies: [
      "Troupe", "TroupeJSON", "ShopCarts",
      shopProduct("Hummingbird", "hummingbird"),
      shopProduct("Logging", "swift-log"),
      shopProduct("Metrics", "swift-metrics"),
    ], swiftSettings: strict),
  .target(
    name: "ShopstreamCommand",
    dependencies: [
      "ChildPrograms", "Troupe", "TroupeTesting", "TroupeSQLite", "TroupeArchive", "TroupePostgres", "TroupeAWS", "TroupeDynamoDB",
      "TroupeJSON",
      "TroupeSinks", "TroupeProjections", .product(name: "GRDB", package: "GRDB.swift"),
      "ShopCarts", "Gateway",
      shopProduct("ArgumentParser", "swift-argument-parser"),
      shopProduct("Logging", "swift-log"),
      shopProduct("X509", "swift-certificates"),
      shopProduct("Crypto", "swift-crypto"),
    ], swiftSettings: strict),
  .executableTarget(name: "shopstream", dependencies: ["ShopstreamCommand"], swiftSettings: strict),
]

let shopstreamTests: [Target] = [
  .testTarget(name: "TroupeTracingTests", dependencies: ["TroupeTracing", "TroupeTesting"], swiftSettings: withMacros),
  .target(
    name: "AWSEmulator", dependencies: ["ChildPrograms"], path: "Tests/Support/AWSEmulator", exclude: ["serve.py"],
    swiftSettings: strict),
  .testTarget(
    name: "TroupeSinksTests", dependencies: ["TroupeSinks", "AWSEmulator", "ShopCarts", "TroupeTesting"], swiftSettings: strict),
  .testTarget(
    name: "TroupeAWSTests",
    dependencies: ["TroupeAWS", "AWSEmulator", shopProduct("Hummingbird", "hummingbird")], swiftSettings: strict),
  .testTarget(
    name: "TroupeDynamoDBTests",
    dependencies: [
      "TroupeDynamoDB", "StoreContract", "AWSEmulator", shopProduct("Hummingbird", "hummingbird"),
      shopProduct("AsyncHTTPClient", "async-http-client"),
    ], swiftSettings: strict),
  .testTarget(
    name: "ShopMoneyTests", dependencies: ["ShopMoney", "TroupeNet"], path: "Tests/ShopTests/MoneyTests", swiftSettings: strict),
  .testTarget(
    name: "ShopCatalogueTests", dependencies: ["ShopCatalogue"], path: "Tests/ShopTests/CatalogueTests", swiftSettings: strict),
  .testTarget(
    name: "ShopInventoryTests", dependencies: ["ShopInventory", "TroupeTesting"], path: "Tests/ShopTests/InventoryTests",
    swiftSettings: strict),
  .testTarget(
    name: "ShopCartsTests", dependencies: ["ShopCarts", "TroupeTesting"], path: "Tests/ShopTests/CartsTests", swiftSettings: strict),
  .testTarget(
    name: "GatewayTests",
    dependencies: ["Gateway", shopProduct("HummingbirdTesting", "hummingbird"), shopProduct("MetricsTestKit", "swift-metrics")],
    swiftSettings: strict),
  .target(name: "Killed", dependencies: ["Troupe"], path: "Tests/Support/Killed", swiftSettings: withMacros),
  .executableTarget(
    name: "killednode", dependencies: ["Killed", "Troupe", "TroupeSQLite", "TroupePostgres", "TroupeAWS", "TroupeDynamoDB"],
    path: "Tests/Support/KilledNode", swiftSettings: strict),
  .testTarget(
    name: "KillerTests", dependencies: ["ChildPrograms", "Killed", "killednode", "Troupe", "PostgresServer", "AWSEmulator"],
    swiftSettings: strict),
  .testTarget(name: "shopstreamTests", dependencies: ["ChildPrograms", "ShopstreamCommand"], swiftSettings: strict),
  .testTarget(
    name: "ClusterTests",
    dependencies: [
      "ChildPrograms", "PostgresServer", "AWSEmulator", "TroupeAWS", "TroupeJSON", "shopstream",
      .product(name: "GRDB", package: "GRDB.swift"),
      shopProduct("AsyncHTTPClient", "async-http-client"),
      shopProduct("Crypto", "swift-crypto"),
    ], swiftSettings: strict),
  .testTarget(name: "StyleTests", swiftSettings: strict),
]

let swiftSyntax: [Package.Dependency] =
  macroTool == nil ? [.package(url: "https://github.com/swiftlang/swift-syntax", exact: "603.0.1")] : []
let grdb: [Package.Dependency] = [.package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")]
let shopPackages: [Package.Dependency] = [
  .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
  .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
  .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
  .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
]

let (targets, dependencies): ([Target], [Package.Dependency]) =
  switch part {
  case "macros": (macros + macroTests, swiftSyntax)
  case "core": (macros + core + coreTests + fuzzTests, swiftSyntax + grdb)
  case "sabotage": (macros + core.filter { simulated.contains($0.name) } + sabotageTests, swiftSyntax)
  case "fuzz": (macros + core + fuzzTargets, swiftSyntax + grdb)
  default: (macros + core + coreTests + fuzzTests + shopstream + shopstreamTests, swiftSyntax + grdb + shopPackages)
  }

let package = Package(
  name: "troupe",
  platforms: [.macOS(.v26)],
  products: part == "macros" || part == "sabotage"
    ? []
    : [
      .library(name: "Troupe", targets: ["Troupe"]),
      .library(name: "TroupeSQLite", targets: ["TroupeSQLite"]),
      .library(name: "TroupePostgres", targets: ["TroupePostgres"]),
      .library(name: "TroupeArchive", targets: ["TroupeArchive"]),
      .library(name: "TroupeProjections", targets: ["TroupeProjections"]),
      .library(name: "TroupeTesting", targets: ["TroupeTesting"]),
    ]
      + (part == "core" || part == "fuzz"
        ? []
        : [
          .library(name: "TroupeTracing", targets: ["TroupeTracing"]),
          .executable(name: "shopstream", targets: ["shopstream"]),
        ]),
  traits: [
    .trait(name: "Shop", description: "Shopstream: the shop's domain, gateway and command.", enabledTraits: ["Tracing"]),
    .trait(name: "Tracing", description: "TroupeTracing, on swift-distributed-tracing."),
  ],
  dependencies: dependencies,
  targets: targets)

// What is tested is optimised, the tests are not: nobody measures them, and optimising them is a large part of a clean build.
for target in package.targets where target.type == .test {
  target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-Onone"], .when(configuration: .release))]
}
