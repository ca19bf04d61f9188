// What volatile entities know moves with their shards, and only by a planned move.
import Synchronization
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct PortableTests {
  private static let names = (0..<100).map { "p\($0)" }

  private func cluster(_ seed: UInt64 = 1) throws -> SimulatedCluster {
    let cluster = try SimulatedCluster(nodes: 2, seed: seed) {
      $0.register(Presence.self)
      $0.register(Counter.self)
    }
    cluster.advance(by: .seconds(10))
    return cluster
  }

  private func visitAll(_ cluster: SimulatedCluster) throws -> [Int] {
    try cluster.run { shop in
      var seen: [Int] = []
      for name in Self.names { seen.append(try await shop.entity(Presence.self, name).visit()) }
      return seen
    }
  }

  private func all(_ number: Int) -> [Int] { Self.names.map { _ in number } }

  @Test func theStateGoesAlong() throws {
    let cluster = try cluster()
    #expect(try visitAll(cluster) == all(1))
    try cluster.drain("n1")
    #expect(try visitAll(cluster) == all(2))
    let here = try cluster.run { shop in
      var here = 0
      for name in Self.names { here += try await shop.entity(Presence.self, name).visitsSinceItIsHere() }
      return here
    }
    #expect(
      (101...199).contains(here), "about half were at the other node for their first visit, and what is no state stayed there: \(here)")
  }

  /// Nobody calls them at the node between: what came is handed on as it came.
  @Test func itGoesOnFromWhereNobodyAskedForIt() throws {
    let cluster = try cluster()
    #expect(try visitAll(cluster) == all(1))
    try cluster.drain("n1")
    try cluster.start("n3")
    cluster.advance(by: .seconds(10))
    try cluster.drain("n2")
    #expect(try visitAll(cluster) == all(2))
  }

  /// Calls go on meanwhile, suspended ones among them: each is counted once.
  @Test(arguments: 1...4) func noVisitIsLostWhileShardsMove(seed: UInt64) throws {
    let cluster = try cluster(seed)
    let counts = try cluster.run { shop in
      try await withThrowingTaskGroup(of: [Int].self) { group in
        for worker in 0..<8 {
          group.addTask {
            var counts: [Int] = []
            for round in 0..<400 {
              let presence = shop.entity(Presence.self, Self.names[(round * 7 + worker) % 20])
              counts.append(round.isMultiple(of: 3) ? try await presence.visitLater() : try await presence.visit())
            }
            return counts
          }
        }
        group.addTask {
          for weight in [0, 1, 0, 1, 0] {
            try await shop.set(.weigh(node: "n1", weight))
            // Asked over the network, so that time passes.
            repeat { _ = try await shop.status() } while try await shop.shards().contains(where: \.moves)
          }
          return []
        }
        return try await group.reduce(into: 0) { $0 += $1.count }
      }
    }
    let visits = try cluster.run { shop in
      var visits = 0
      for name in Self.names.prefix(20) { visits += try await shop.entity(Presence.self, name).visits() }
      return visits
    }
    #expect(counts == 3_200 && visits == counts)
  }

  /// Calls wait for it all the time, and each takes longer than a moment: those that have not begun go where it goes.
  @Test func whoAlwaysHasCallsWaitingMovesAllTheSame() throws {
    let cluster = try cluster()
    // Each turn asks across a slow network: thirty of them take longer than a seal has.
    var slow = StreamFaults.none
    slow.delay = .milliseconds(15)
    cluster.world.network.setFaults(slow, between: "n1.1", "n2.2")
    final class Flag: Sendable { let isSet = Atomic(false) }
    let left = Flag()
    let rounds = try cluster.run { shop in
      @Sendable func owner(of name: String) async throws -> String? { try await shop.explain(kind: "presence", id: name).owner }
      var owners: [String: String] = [:]
      for name in Self.names { owners[try await owner(of: name) ?? "", default: name] = name }
      let (busy, far) = (try #require(owners["n1"]), try #require(owners["n2"]))
      return try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<30 {
          group.addTask {
            let presence = shop.entity(Presence.self, busy).within(.seconds(60))
            while !left.isSet.load(ordering: .relaxed) { _ = try await presence.visitWith(far) }
            return 0
          }
        }
        group.addTask {
          defer { left.isSet.store(true, ordering: .relaxed) }
          try await shop.set(.weigh(node: "n1", 0))
          for round in 0..<1_000 where try await owner(of: busy) == "n2" { return round }
          return 1_000
        }
        return try await group.reduce(0, +)
      }
    }
    #expect(rounds < 1_000)
  }

  @Test func whoseNodeDiesBeginsAnew() throws {
    let cluster = try cluster()
    _ = try visitAll(cluster)
    cluster.crash("n1")
    let seen = try cluster.run { shop in
      var seen: [Int] = []
      for name in Self.names { seen.append(try await shop.entity(Presence.self, name).within(.seconds(60)).visit()) }
      return seen
    }
    #expect(Set(seen) == [1, 2])
  }

  /// Nobody answers, though both beat in the store: the shards move without what is volatile, and durably nothing waits.
  @Test func aMoveDoesNotWaitForWhatIsCarried() throws {
    let cluster = try cluster()
    #expect(try visitAll(cluster) == all(1))
    cluster.world.network.cut("n1.1", "n2.2")
    try cluster.drain("n1")
    let visits = Set(try visitAll(cluster))
    #expect(visits == [1, 2], "those of the node that left begin anew, and the others do not")
  }

  @Test func whatIsTooLargeStaysBehindAlone() throws {
    let cluster = try cluster()
    try cluster.run { shop in
      for name in Self.names {
        let size = name == "p7" ? CarriedStates.stateLimit + 1 : 40_000
        try await shop.entity(Presence.self, name).note([UInt8](repeating: 1, count: size))
      }
    }
    for id in ["n1", "n2"] {
      try cluster.start(id == "n1" ? "n3" : "n4")
      try cluster.drain(id)
    }
    let sizes = try cluster.run { shop in
      var sizes: [String: Int] = [:]
      for name in Self.names { sizes[name] = try await shop.entity(Presence.self, name).size() }
      return sizes
    }
    #expect(sizes["p7"] == 0 && sizes.values.count { $0 == 40_000 } == 99)
  }

  /// A version that has stored something else under the same name.
  @Test func whatCannotBeReadBeginsAnew() throws {
    let cluster = try SimulatedCluster { $0.register(Presence.self) }
    _ = try visitAll(cluster)
    _ = try visitAll(cluster)
    try cluster.start("n2") { $0.register(Stranger.self) }
    cluster.advance(by: .seconds(5))
    try cluster.drain("n1")
    #expect(try visitAll(cluster) == all(1))
  }
}
