// Who may join: a node that the members reach where it says that it listens, and no other, though it reaches them.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct NewcomerTests {
  @Test func whoIsNotReachedJoinsWhenItIs() throws {
    let cluster = try SimulatedCluster(nodes: 1) { $0.register(Counter.self) }
    // The second process of all, so this is its host.
    cluster.world.network.setRefusing(true, host: "n2.2")
    cluster.world.schedule(after: .seconds(7)) { cluster.world.network.setRefusing(false, host: "n2.2") }
    let began = cluster.world.now
    try cluster.start("n2")
    #expect(cluster.world.now - began >= .seconds(7))
    cluster.advance(by: .seconds(10))
    let owned = try cluster.run { try await $0.status() }.nodes.map(\.shards)
    #expect(owned.count == 2 && owned.allSatisfy { $0 > 0 }, "\(owned)")
  }

  /// As the operator of a node with a wrong `--advertise` reads it.
  @Test func itSaysWhyItDoesNotJoin() throws {
    let lines = Lines()
    let log = Log { level, text in if level == .warning { lines.add(text) } }
    let cluster = try SimulatedCluster(nodes: 1, log: log) { $0.register(Counter.self) }
    cluster.world.network.setRefusing(true, host: "n2.2")
    #expect(throws: (any Error).self) { try cluster.start("n2") }
    let said = lines.all.filter { $0.contains("cannot join") }
    #expect(said.count == 1 && said[0].hasPrefix("n2 cannot join yet: n1 does not reach n2 at n2.2:"), "\(lines.all)")
  }

  private final class Lines: @unchecked Sendable {
    // Sound because the world's thread alone uses it.
    private(set) var all: [String] = []
    func add(_ line: String) { all.append(line) }
  }
}
