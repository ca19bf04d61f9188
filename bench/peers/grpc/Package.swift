// swift-tools-version:6.2
// What Swift offers today for a call between two processes: grpc-swift 2 over its NIO transport, TLS with client certificates.
// A package of its own, so that nobody who builds Troupe builds gRPC.
import PackageDescription

let package = Package(
  name: "grpc-peer",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.96.0"),
  ],
  targets: [
    .executableTarget(
      name: "grpc-peer",
      dependencies: [
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: [.swiftLanguageMode(.v6)])
  ])
