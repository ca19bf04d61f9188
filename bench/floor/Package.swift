// swift-tools-version:6.2
// Floors: the least that the same work can cost, without a runtime around it. The other benches are read against these, in
// the same run on the same machine.
//   event-loop     calls to Swift actors whose executor is a libuv loop, TLS 1.3 both ways; no runtime, no limits, no errors
//   tls-ping-pong  one 128-byte message back and forth over TLS 1.3 both ways, in C
//   tls-batches    call frames in batches over TLS 1.3 both ways, answered and nothing else, in C
//   tls-links      links to a node that idle, in C: what each takes is the node's
//   count-allocations  a library to preload, which counts what a process asks the allocator for
//   sqlite-log     rows appended to a bare SQLite table in rowid order, in C
//   sqlite-layouts appends to, and reads of, four layouts of a log in SQLite, in C
//   postgres-log   the same through a libpq pipeline into the table of PostgreSQL that the store uses, in C
import PackageDescription

let package = Package(
  name: "floor",
  platforms: [.macOS(.v26)],
  products: [.library(name: "count-allocations", type: .dynamic, targets: ["CountAllocations"])],
  targets: [
    .target(name: "CountAllocations"),
    .systemLibrary(name: "CUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
    .target(name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .executableTarget(name: "event-loop", dependencies: ["CUV", "CTLS"], swiftSettings: [.swiftLanguageMode(.v5)]),
    .executableTarget(name: "tls-ping-pong", dependencies: ["CTLS"]),
    .executableTarget(name: "tls-batches", dependencies: ["CTLS"]),
    .executableTarget(name: "tls-links", dependencies: ["CTLS"]),
    .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .executableTarget(name: "postgres-log", dependencies: ["CPQ"], linkerSettings: [.linkedLibrary("pq")]),
    .executableTarget(name: "sqlite-log", linkerSettings: [.linkedLibrary("sqlite3")]),
    .executableTarget(name: "sqlite-layouts", linkerSettings: [.linkedLibrary("sqlite3")]),
  ])
