// Calls that end whoever runs them: two nodes at the most, and then an answer by name; see ADR 0025.
import Testing
import Troupe
import TroupeTesting

@Suite struct QuarantineSimulationTests {
  private let trap = Trap()
  private let cluster: SimulatedCluster

  init() throws {
    let trap = trap
    var snapshots = SnapshotPolicy()
    snapshots.records = 8
    cluster = try SimulatedCluster(nodes: 5, shardCount: 4, seed: 3, snapshots: snapshots) {
      $0.register(Poison.self) { Poison(context: $0, trap: trap) }
      $0.register(Spore.self) { Spore(context: $0, trap: trap) }
    }
    trap.cluster = cluster
    cluster.advance(by: .seconds(10))
  }

  private func ending(_ call: @escaping @Sendable (Cluster) async throws -> Void) throws -> CallError? {
    try cluster.run { shop in await CallScene.ending { try await call(shop) }.error }
  }

  private func quarantine(of id: String = "a") throws -> String? {
    try cluster.run { try await $0.explain(kind: "poison", id: id).report?.quarantine }
  }

  @Test func aCommandThatEndsItsProcessCostsTwoNodes() throws {
    try cluster.run { try await $0.entity(Poison.self, "a").put(1) }
    let error = try ending { _ = try await $0.entity(Poison.self, "a").within(.seconds(60)).putAndTrap(2) }
    #expect(error?.code == .quarantined)
    #expect(error?.executed == .maybe)
    #expect(error?.message.contains("poison/a is in quarantine for") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("putAndTrap was under way on an owner when that ended") == true, "\(error?.message ?? "")")
    #expect(cluster.nodes.count == 3)

    let other = try ending { try await $0.entity(Poison.self, "a").put(3) }
    #expect(other?.code == .quarantined)
    #expect(other?.executed == .no)
    #expect(try quarantine() != nil)
    for name in ["b", "c", "d", "e", "f"] { try cluster.run { try await $0.entity(Poison.self, name).put(1) } }

    cluster.advance(by: .seconds(6))
    try cluster.run { try await $0.entity(Poison.self, "a").put(3) }
    #expect(try cluster.run { try await $0.entity(Poison.self, "a").values() } == [1, 3])
  }

  @Test func theSameMethodLaterCostsOneNodeAndALongerQuarantine() throws {
    for _ in 1...2 {
      _ = try ending { _ = try await $0.entity(Poison.self, "a").within(.seconds(60)).putAndTrap(2) }
      cluster.advance(by: .seconds(6))
    }
    #expect(cluster.nodes.count == 2)
    #expect(try quarantine()?.contains("2 owners when they ended") == true)
    let error = try ending { try await $0.entity(Poison.self, "a").put(3) }
    #expect(error?.code == .quarantined)
    trap.springs = 0
    cluster.advance(by: .seconds(8 * 60))
    #expect(try cluster.run { try await $0.entity(Poison.self, "a").putAndTrap(4) } == 1)
    #expect(try quarantine() == nil, "it ended well")
  }

  @Test func aCallThatDidNotEndItsOwnerIsAnsweredByTheNext() throws {
    trap.springs = 1
    #expect(try cluster.run { try await $0.entity(Poison.self, "a").within(.seconds(60)).putAndTrap(2) } == 1)
    #expect(cluster.nodes.count == 4)
    #expect(try quarantine() == nil)
    try cluster.run { try await $0.entity(Poison.self, "a").put(3) }
    #expect(try cluster.run { try await $0.entity(Poison.self, "a").values() } == [2, 3])
    trap.springs = 1
    #expect(try cluster.run { try await $0.entity(Poison.self, "a").within(.seconds(60)).putAndTrap(4) } == 3, "it counts anew")
  }

  @Test func aQueryOfAVolatileEntityAsWell() throws {
    let error = try ending { _ = try await $0.entity(Spore.self, "a").within(.seconds(60)).lookAndTrap() }
    #expect(error?.code == .quarantined)
    #expect(cluster.nodes.count == 3)
    #expect(try ending { _ = try await $0.entity(Spore.self, "a").look() }?.code == .quarantined)
    #expect(try cluster.run { try await $0.entity(Spore.self, "b").look() } == 1)
  }

  /// It comes again by itself, and so costs one more behind each pause.
  @Test func aReminderAsWell() throws {
    try cluster.run { try await $0.entity(Poison.self, "a").trapIn(milliseconds: 500) }
    cluster.advance(by: .seconds(30))
    #expect(cluster.nodes.count == 2)
    try cluster.run { try await $0.entity(Poison.self, "b").put(1) }
  }

  @Test func aReminderIsTriedMoreAndMoreSeldom() throws {
    try cluster.run { try await $0.entity(Poison.self, "a").trapIn(milliseconds: 500) }
    var number = 5
    for _ in 0..<60 {
      cluster.advance(by: .seconds(10))
      // As a supervisor does.
      while cluster.nodes.count < 5 {
        number += 1
        try cluster.start("n\(number)")
      }
    }
    // The first two, and behind 5, 40 and 320 seconds.
    #expect(Int.max - trap.springs == 5)
  }

  @Test func aReminderThatWasDueLongAgoAsWell() throws {
    try cluster.run { try await $0.entity(Poison.self, "a").trapIn(milliseconds: 60_000) }
    for name in cluster.nodes.keys.sorted() { cluster.crash(name) }
    cluster.advance(by: .seconds(600))
    for number in 6...10 { try cluster.start("n\(number)") }
    cluster.advance(by: .seconds(30))
    #expect(cluster.nodes.count == 3, "they try it as what may have ended the last owner")
  }

  /// A caller on the entity's own loop has a short way, which must not go round it.
  @Test func neighboursAreRefusedAsWell() throws {
    _ = try ending { _ = try await $0.entity(Spore.self, "a").within(.seconds(60)).lookAndTrap() }
    let neighbour = try cluster.run { shop in
      let home = try await shop.explain(kind: "spore", id: "a").shard
      return (0..<1_000).map { "x\($0)" }.first {
        shardIndex(of: entityHash(kindID: kindID("spore"), id: $0), shardCount: 4) == home
      }!
    }
    #expect(try cluster.run { try await $0.entity(Spore.self, neighbour).ask("a") } == "quarantined")
  }

  @Test func manyOrphansOfOneEntityAreAnsweredInTheirOrder() throws {
    trap.springs = 1
    let answers = try cluster.run { shop in
      let poison = shop.entity(Poison.self, "a").within(.seconds(60))
      return try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<100 { group.addTask { try await poison.putAndTrap(number) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(answers.sorted() == Array(1...100), "each took effect once")
    #expect(cluster.nodes.count == 4)
    #expect(try quarantine() == nil)
  }

  @Test func aQuarantineOutlivesSnapshotsAndMoves() throws {
    _ = try ending { _ = try await $0.entity(Poison.self, "a").within(.seconds(60)).putAndTrap(2) }
    // In all four shards, so often that each has written several snapshots.
    for round in 0..<10 {
      for name in 0..<20 { try cluster.run { try await $0.entity(Poison.self, "n\(name)").put(round) } }
    }
    let place = try cluster.run { try await $0.explain(kind: "poison", id: "a") }
    #expect((place.report?.floor ?? 0) > 2, "there was no snapshot")
    trap.springs = 0
    try cluster.drain(try #require(place.owner))
    #expect(try ending { try await $0.entity(Poison.self, "a").put(3) }?.code == .quarantined)
    #expect(try cluster.run { try await $0.entity(Poison.self, "n1").values().count } == 10)
  }
}
