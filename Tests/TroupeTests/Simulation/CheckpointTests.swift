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
    let store = FaultyStore.unwilling(refusals: 400)
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
    #expect(store.count(of: .snapshots) > 400, "the store became willing")
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.entities) == [0], "and all of them left")
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<20 { #expect(try await shop.entity(Ledger.self, "l\(number)").balance() == 6) }
    }
  }

  @Test func aNodeThatDiesWithoutItsSnapshotsIsInheritedWhole() throws {
    let store = FaultyStore.unwilling(refusals: .max)
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
  }

  /// Deleted entities are not listed: not from memory, not from the tail after a restart, not from the store's snapshots.
  @Test func aDeletedEntityIsNotListedUntilItLivesAgain() throws {
    let store = FaultyStore.unwilling(refusals: 0)
    let cluster = try Self.cluster(store, seed: 1)
    func listed() throws -> [String] { try cluster.run { try await $0.entities(kind: "ledger") } }
    try cluster.run { (shop: Cluster) async throws -> Void in
      for name in ["kept", "gone", "back"] { _ = try await shop.entity(Ledger.self, name).book(1) }
      _ = try await shop.entity(Ledger.self, "only read").balance()
      for name in ["gone", "back"] { try await shop.entity(Ledger.self, name).delete() }
    }
    #expect(try listed() == ["kept"])
    cluster.advance(by: .seconds(700))  // idle: snapshots are taken and all of them leave memory
    cluster.advance(by: .seconds(700))
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.entities) == [0])
    #expect(try listed() == ["kept"])
    try cluster.run { (shop: Cluster) async throws -> Void in
      #expect(try await shop.entity(Ledger.self, "gone").balance() == 0)
      #expect(try await shop.entity(Ledger.self, "back").book(7) == 7)
    }
    #expect(try listed() == ["back", "kept"])
  }

  /// However long a history is, what a new owner reads of it is short: by its number, by its bytes, and when nothing more comes by its age.
  @Test(arguments: [\SnapshotPolicy.records, \.together, \.bytes]) func whatIsReadAfterACrashIsBounded(
    measure: WritableKeyPath<SnapshotPolicy, Int> & Sendable
  ) throws {
    let store = MemoryStore()
    var policy = SnapshotPolicy()
    policy.age = .seconds(60)
    policy[keyPath: measure] = measure == \.bytes ? 16_000 : 100
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 1, store: store, snapshots: policy) { $0.register(Ledger.self) }
    let events = 2_000
    try cluster.run { (shop: Cluster) async throws -> Void in
      for _ in 0..<events { _ = try await shop.entity(Ledger.self, "long").book(1) }
    }
    let tail = { () throws -> Int in
      try cluster.run { _ in
        let head = try #require(try await store.readHead(ShardID(0)))
        return head.floor.distance(to: head.end)
      }
    }
    #expect(try tail() < 300, "of \(events)")
    cluster.crash("n1")
    try cluster.start("n1")
    try cluster.connectAnew()
    #expect(try cluster.run { try await $0.entity(Ledger.self, "long").within(.seconds(60)).book(1) } == events + 1)
    cluster.advance(by: .seconds(70))
    #expect(try tail() == 0, "the last of them stand in a snapshot before their entity is idle")
  }
}
