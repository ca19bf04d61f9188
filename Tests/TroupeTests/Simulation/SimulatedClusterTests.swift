// The same node code on the simulated loop: calls, timers, crashes and take-overs in virtual time, twice the same.
import Testing
import Troupe
import TroupeTesting

@Suite struct SimulatedClusterTests {
  static func cluster(nodes: Int = 1, loops: Int = 1, seed: UInt64 = 1) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, loops: loops, shardCount: 32, seed: seed) {
      $0.register(Counter.self)
      $0.register(Ledger.self)
    }
  }

  @Test func oneEntityWithoutACluster() throws {
    let cluster = try Self.cluster()
    try cluster.run { (shop: Cluster) async throws -> Void in
      let counter = shop.entity(Counter.self, "a")
      #expect(try await counter.add(2) == 2)
      await #expect(throws: Counter.Failure.tooLarge(2_000)) { try await counter.add(2_000) }
      #expect(try await shop.entity(Ledger.self, "b").book(3) == 3)
    }
  }

  @Test func aTimerOfAnEntityFiresInVirtualTime() throws {
    let cluster = try Self.cluster()
    try cluster.run { try await $0.entity(Counter.self, "a").addLater(5, milliseconds: 60_000) }
    cluster.advance(by: .seconds(59))
    #expect(try cluster.run { try await $0.entity(Counter.self, "a").value() } == 0)
    cluster.advance(by: .seconds(2))
    #expect(try cluster.run { try await $0.entity(Counter.self, "a").value() } == 5)
  }

  @Test func anIdleEntityLeavesAndComesBackFromTheLog() throws {
    let cluster = try Self.cluster()
    try cluster.run { _ = try await $0.entity(Ledger.self, "a").book(5) }
    cluster.advance(by: .seconds(1_200))
    let status = try cluster.run { try await $0.status() }
    #expect(status.nodes.map(\.entities) == [0])
    #expect(try cluster.run { try await $0.entity(Ledger.self, "a").balance() } == 5)
  }

  @Test(arguments: 1...8) func nothingAcknowledgedIsLostWhenANodeDies(seed: UInt64) throws {
    let cluster = try Self.cluster(nodes: 3, loops: 2, seed: seed)
    for _ in 0..<4 { cluster.advance(by: .seconds(2)) }
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<40 { #expect(try await shop.entity(Ledger.self, "l\(number)").book(1) == 1) }
    }
    cluster.crash("n\(1 + Int(seed % 3))")
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<40 {
        #expect(try await shop.entity(Ledger.self, "l\(number)").within(.seconds(30)).once("k\(number)").book(1) == 2)
      }
    }
    let status = try cluster.run { try await $0.status() }
    #expect(status.nodes.count == 2)
    #expect(status.nodes.reduce(0) { $0 + $1.shards } == 32)
  }

  @Test func theSameSeedGivesTheSameHistory() throws {
    func history(_ seed: UInt64) throws -> UInt64 {
      let cluster = try Self.cluster(nodes: 3, seed: seed)
      try cluster.run { (shop: Cluster) async throws -> Void in
        for number in 0..<30 { _ = try await shop.entity(Ledger.self, "l\(number)").book(number + 1) }
      }
      cluster.crash("n2")
      try cluster.run { (shop: Cluster) async throws -> Void in
        for number in 0..<30 { _ = try await shop.entity(Ledger.self, "l\(number)").within(.seconds(30)).balance() }
      }
      return cluster.world.fingerprint
    }
    let first = try history(7)
    #expect(try history(7) == first)
    #expect(try history(8) != first)
  }
}
