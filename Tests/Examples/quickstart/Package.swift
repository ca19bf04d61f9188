// swift-tools-version:6.2
// The README's ten lines as a package of its own, the way a newcomer makes one. Depends on this repository by path.
import PackageDescription

let package = Package(
  name: "quickstart",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "troupe", path: "../../..")],
  targets: [
    .executableTarget(name: "quickstart", dependencies: [.product(name: "Troupe", package: "troupe")])
  ])
