// Dependencies point down: the manifest and every import are held against the layers of docs/architecture.md.
import Foundation
import Testing

@Suite("Layering")
struct LayeringTests {
  /// From the ground up. A target may use targets of lower rows, and of its own row only those to its left.
  static let layers: [[String]] = [
    ["CLibuv", "COpenSSL", "CLZ4", "CPostgres", "CSpawn"],
    ["ChildPrograms"],
    ["TroupeNet"],
    ["TroupeWire", "TroupeJSON"],
    ["TroupeTransport"],
    ["TroupeCluster"],
    ["TroupeJournal"],
    ["TroupeSQLite", "TroupeArchive", "TroupePostgres"],
    ["TroupeMacros"],
    ["Troupe"],
    ["TroupeProjections"],
    ["TroupeTracing"],
    ["TroupeTesting"],
    ["TroupeAWS"],
    ["TroupeDynamoDB"],
    ["TroupeSinks"],
    ["ShopMoney", "ShopCatalogue", "ShopInventory", "ShopCarts"],
    ["Gateway"],
    ["ShopstreamCommand"],
    ["shopstream"],
  ]

  /// Modules from outside, and the only targets that may see them.
  static let foreign: [String: Set<String>] = [
    "GRDB": ["TroupeSQLite", "TroupeProjections", "ShopstreamCommand"],
    "AsyncHTTPClient": ["TroupeAWS", "TroupeSinks"],
    "Tracing": ["TroupeTracing"],
    "Hummingbird": ["Gateway"],
    "Metrics": ["Gateway"],
    "ArgumentParser": ["ShopstreamCommand"],
    "SwiftSyntax": ["TroupeMacros"],
    "X509": ["ShopstreamCommand"],
    "CLibuv": ["TroupeNet"],
    "COpenSSL": ["TroupeNet"],
    "CLZ4": ["TroupeNet"],
    "CPostgres": ["TroupePostgres"],
    "CSpawn": ["ChildPrograms"],
  ]

  static let ranks = Dictionary(uniqueKeysWithValues: layers.flatMap { $0 }.enumerated().map { ($1, $0) })

  let manifest: Manifest

  init() throws { manifest = try Manifest() }

  @Test("the manifest's targets are the design's")
  func targetsAreKnown() {
    let own = manifest.targets.filter { !$0.isTest && $0.path.hasPrefix("Sources") }.map(\.name)
    #expect(Set(own) == Set(Self.ranks.keys), "a new target needs a row in LayeringTests and in docs/architecture.md")
  }

  @Test("no target depends on one above it")
  func dependenciesPointDown() {
    for target in manifest.targets where !target.isTest {
      guard let rank = Self.ranks[target.name] else { continue }
      for dependency in target.dependencies {
        guard let other = Self.ranks[dependency] else { continue }
        #expect(other < rank, "\(target.name) depends on \(dependency), which stands above it")
      }
    }
  }

  @Test("every import is a declared dependency, and points down")
  func importsAreDeclared() throws {
    for target in manifest.targets where target.path.hasPrefix("Sources") {
      let allowed = manifest.reachable(from: target.name)
      for path in Repository.files(in: target.path, ending: ".swift") {
        for module in try imports(path) where Self.ranks[module] != nil {
          #expect(allowed.contains(module), "\(path) imports \(module), which \(target.name) does not depend on")
        }
      }
    }
  }

  @Test("outside modules stay in their rooms")
  func foreignModules() throws {
    for target in manifest.targets where target.path.hasPrefix("Sources") {
      for path in Repository.files(in: target.path, ending: ".swift") {
        for module in try imports(path) {
          guard let rooms = Self.foreign[module] else { continue }
          #expect(rooms.contains(target.name), "\(path) imports \(module), which only \(rooms.sorted()) may")
        }
      }
    }
  }

  @Test("wire, cluster and journal are pure: no Foundation")
  func pureTargets() throws {
    for target in ["TroupeWire", "TroupeCluster", "TroupeJournal"] {
      for path in Repository.files(in: "Sources/\(target)", ending: ".swift") {
        #expect(try !imports(path).contains("Foundation"), "\(path) imports Foundation")
      }
    }
  }

  private func imports(_ path: String) throws -> Set<String> {
    let pattern =
      #/^\s*(@\w+(\([^)]*\))?\s+)*(public |internal |package |private )?import (?:(?:struct|class|enum|func|protocol) )?(?<module>\w+)/#
    return Set(try Repository.text(path).lines.compactMap { $0.firstMatch(of: pattern).map { String($0.module) } })
  }
}
