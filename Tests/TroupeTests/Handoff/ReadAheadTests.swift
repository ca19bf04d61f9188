// The next owner reads ahead: then it needs little of the store, and what was read is used only while it is still true.
import Testing
import Troupe
import TroupeTesting

@Suite struct ReadAheadTests {
  private static let count = 200

  /// Two nodes; ledgers with a snapshot and records behind it, all in memory.
  private func cluster(_ store: any Store, seed: UInt64 = 1) throws -> SimulatedCluster {
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 16, seed: seed, store: store) { $0.register(Ledger.self) }
    try book(cluster)
    // Idle: snapshots are taken, and all of them leave memory.
    cluster.advance(by: .seconds(1_500))
    try book(cluster)
    return cluster
  }

  private func book(_ cluster: SimulatedCluster) throws {
    try cluster.run { shop in
      for number in 0..<Self.count { _ = try await shop.entity(Ledger.self, "l\(number)").book(1) }
    }
  }

  private func balances(_ cluster: SimulatedCluster) throws -> Set<Int> {
    try cluster.run { shop in
      var balances: Set<Int> = []
      for number in 0..<Self.count { balances.insert(try await shop.entity(Ledger.self, "l\(number)").balance()) }
      return balances
    }
  }

  @Test func whatIsWarmNeedsNoSnapshotFromTheStore() throws {
    let store = FaultyStore(MemoryStore()) { _, _ in .done }
    let cluster = try cluster(store)
    store.judge { _, _ in .done }
    try cluster.start("n2")
    cluster.advance(by: .seconds(5))
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.shards) == [8, 8])
    let read = store.count(of: .snapshot)
    #expect((50...150).contains(read), "those of the moved shards, each once: \(read)")
    #expect(try balances(cluster) == [2])
    #expect(store.count(of: .snapshot) == read, "nobody's state was read again")
    #expect(store.count(of: .tail) == 16, "of each moved shard its tail, and what came behind it")
  }

  /// Who does not read ahead in time gets its shards all the same.
  @Test func aSlowReaderIsNotWaitedFor() throws {
    let store = FaultyStore(MemoryStore()) { _, _ in .done }
    let cluster = try cluster(store)
    store.judge { operation, number in operation == .tail && number < 8 ? .held : .done }
    try cluster.start("n2")
    cluster.advance(by: .seconds(5))
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.shards) == [8, 8])
    #expect(try balances(cluster) == [2])
    while store.letGo() { cluster.advance(by: .milliseconds(10)) }
    #expect(try balances(cluster) == [2], "what was read too late is not used")
  }

  /// Reads that fail, shards that change meanwhile, snapshots that raise the floor under what was read.
  @Test(arguments: 1...6) func nothingIsOlderForHavingBeenRead(seed: UInt64) throws {
    let store = FaultyStore(MemoryStore()) { _, _ in .done }
    var policy = SnapshotPolicy()
    (policy.records, policy.age) = (20, .seconds(2))
    let cluster = try SimulatedCluster(nodes: 2, shardCount: 16, seed: seed, store: store, snapshots: policy) { $0.register(Ledger.self) }
    cluster.advance(by: .seconds(5))
    store.judge { operation, number in
      (operation == .tail || operation == .snapshot) && (number &+ Int(seed)).isMultiple(of: 5) ? .refused(.timeout("a read")) : .done
    }
    let booked = try cluster.run { shop in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for worker in 0..<8 {
          group.addTask {
            for round in 0..<250 {
              _ = try await shop.entity(Ledger.self, "l\((round + worker * 5) % Self.count)").within(.seconds(30)).book(1)
            }
            return 250
          }
        }
        group.addTask {
          for weight in [0, 1, 0, 1, 0, 1] {
            try await shop.set(.weigh(node: "n1", weight))
            // Asked over the network, so that time passes.
            repeat { _ = try await shop.status() } while try await shop.shards().contains(where: \.moves)
          }
          return 0
        }
        return try await group.reduce(0, +)
      }
    }
    let sum = try cluster.run { shop in
      var sum = 0
      for number in 0..<Self.count { sum += try await shop.entity(Ledger.self, "l\(number)").balance() }
      return sum
    }
    #expect(booked == 2_000 && sum == booked)
  }
}
