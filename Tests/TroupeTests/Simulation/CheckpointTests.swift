// What a shard's checkpoint may never do: let an entity come back older than it was, whatever the store refuses meanwhile.
import Testing
import Troupe
import TroupeTesting

@Suite struct CheckpointTests {
  static func cluster(nodes: Int = 1, _ store: any Store, seed: UInt64) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, shardCount: 8 * nodes - 7, seed: seed, store: store) { $0.register(Ledger.self) }
  }

  /// Between the capture of its snapshot and its storing an idle entity stays: leaving, it would come back from the snapshot before.
  @Test(arguments: 1...4) func anIdleEntityNeverComesBackOlder(seed: UInt64) throws {
    let store = UnwillingStore(refusals: 400)
    let cluster = try Self.cluster(store, seed: seed)
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<20 { _ = try await shop.entity(Ledger.self, "l\(number)").book(1) }
    }
    // Idle for long, checkpoint begun, store unwilling: then more of it, and idle again.
    for round in 2...6 {
      cluster.advance(by: .seconds(700))
      try cluster.run { (shop: Cluster) async throws -> Void in
        for number in 0..<20 { #expect(try await shop.entity(Ledger.self, "l\(number)").book(1) == round) }
      }
    }
    cluster.advance(by: .seconds(3_000))
    #expect(store.written > 0, "the store became willing")
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.entities) == [0], "and all of them left")
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<20 { #expect(try await shop.entity(Ledger.self, "l\(number)").balance() == 6) }
    }
  }

  @Test func aNodeThatDiesWithoutItsSnapshotsIsInheritedWhole() throws {
    let store = UnwillingStore(refusals: .max)
    let cluster = try Self.cluster(nodes: 2, store, seed: 7)
    cluster.advance(by: .seconds(4))
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<20 { _ = try await shop.entity(Ledger.self, "l\(number)").book(3) }
    }
    cluster.advance(by: .seconds(1_500))
    cluster.crash("n1")
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<20 { #expect(try await shop.entity(Ledger.self, "l\(number)").within(.seconds(60)).balance() == 3) }
    }
    #expect(store.written == 0)
  }
}
