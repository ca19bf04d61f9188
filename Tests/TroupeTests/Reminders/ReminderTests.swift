// Reminders on whole simulated clusters: they fire when they are due, once, wherever their entity is then.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct ReminderTests {
  static func cluster(nodes: Int = 1, shards: Int = 4, seed: UInt64 = 1, _ store: any Store = MemoryStore()) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, shardCount: shards, seed: seed, store: store) { $0.register(Alarm.self) }
  }

  private func rings(_ cluster: SimulatedCluster, of id: String = "a") throws -> [String: Int] {
    try cluster.run { try await $0.entity(Alarm.self, id).within(.seconds(60)).whole().rings }
  }

  @Test func itFiresWhenItIsDueAndNotBefore() throws {
    let cluster = try Self.cluster()
    try cluster.run { try await $0.entity(Alarm.self, "a").set("tea", seconds: 240) }
    cluster.advance(by: .seconds(239))
    #expect(try rings(cluster) == [:])
    cluster.advance(by: .seconds(2))
    #expect(try rings(cluster) == ["tea": 1])
    cluster.advance(by: .seconds(3_600))
    #expect(try rings(cluster) == ["tea": 1])
  }

  @Test func oneWithoutAnEventIsSetAsWell() throws {
    let cluster = try Self.cluster()
    try cluster.run { try await $0.entity(Alarm.self, "a").setQuietly("tea", seconds: 10) }
    cluster.advance(by: .seconds(11))
    #expect(try rings(cluster) == ["tea": 1])
  }

  @Test func anotherOfTheSameNameReplacesItAndOneCanBeTakenBack() throws {
    let cluster = try Self.cluster()
    try cluster.run { shop in
      let alarm = shop.entity(Alarm.self, "a")
      try await alarm.set("tea", seconds: 10)
      try await alarm.set("tea", seconds: 100)
      try await alarm.set("egg", seconds: 10)
      try await alarm.cancel("egg")
      try await alarm.cancel("nothing of this name")
    }
    cluster.advance(by: .seconds(50))
    #expect(try rings(cluster) == [:])
    cluster.advance(by: .seconds(51))
    #expect(try rings(cluster) == ["tea": 1])
  }

  @Test func oneThatSetsItselfRepeats() throws {
    let cluster = try Self.cluster()
    try cluster.run { try await $0.entity(Alarm.self, "a").tick(5) }
    cluster.advance(by: .seconds(130))
    #expect(try rings(cluster) == ["tick": 3])
    cluster.advance(by: .seconds(1_000))
    #expect(try rings(cluster) == ["tick": 5])
  }

  @Test func anErrorOfTheEntitysOwnIsAnEffect() throws {
    let cluster = try Self.cluster()
    try cluster.run { try await $0.entity(Alarm.self, "a").setBroken("once") }
    cluster.advance(by: .seconds(100))
    #expect(try rings(cluster) == ["once": 1])
  }

  @Test func oneThatFailsIsTriedMoreAndMoreSeldomAndStopsNobody() throws {
    let cluster = try Self.cluster(shards: 1)
    try cluster.run { shop in
      try await shop.entity(Alarm.self, "faulty").setFaulty("bad")
      try await shop.entity(Alarm.self, "faulty").set("good", seconds: 5)
      try await shop.entity(Alarm.self, "a").set("other", seconds: 5)
    }
    cluster.advance(by: .seconds(600))
    #expect(try rings(cluster, of: "faulty") == ["good": 1])
    #expect(try rings(cluster) == ["other": 1])
    let failures = try cluster.run { try await $0.status() }.nodes.map(\.remindersFailed).reduce(0, +)
    #expect((8...13).contains(failures), "\(failures): after 1, 2, 4 … seconds, each between a half and the whole")
    try cluster.run { try await $0.entity(Alarm.self, "faulty").cancel("bad") }
    cluster.advance(by: .seconds(7_200))
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.remindersFailed).reduce(0, +) == failures)
  }

  /// Snapshots say when it was due first, and not when it is tried next.
  @Test func oneThatFailsForHoursIsStillTriedByTheHour() throws {
    let cluster = try Self.cluster(shards: 1)
    try cluster.run { try await $0.entity(Alarm.self, "faulty").setFaulty("bad") }
    func failures() throws -> UInt64 { try cluster.run { try await $0.status() }.nodes.reduce(0) { $0 + $1.remindersFailed } }
    for _ in 0..<4 {
      cluster.advance(by: .seconds(3_600))
      // Something for a checkpoint.
      try cluster.run { try await $0.entity(Alarm.self, "a").setQuietly("tea", seconds: 1) }
    }
    let early = try failures()
    cluster.advance(by: .seconds(6 * 3_600))
    #expect(try failures() >= early + 5, "after \(early)")
  }

  /// How often the shard will look, as far as it knows.
  private func looks(_ cluster: SimulatedCluster) throws -> Int {
    let home = try #require(cluster.nodes["n1"]).cluster.stages[0]
    let loop = try #require(home.loop as? SimulatedLoop)
    return loop.perform { home.stage.value.shards[0]?.reminders.count ?? -1 }
  }

  /// Its entity is busy while it is put off: each command would tell the shard to look once more.
  @Test func oneThatFailsInABusyEntityLeavesNothingBehind() throws {
    let cluster = try Self.cluster(shards: 1)
    try cluster.run { try await $0.entity(Alarm.self, "faulty").setFaulty("bad") }
    cluster.advance(by: .seconds(600))
    for _ in 0..<300 {
      try cluster.run { try await $0.entity(Alarm.self, "faulty").cancel("tea") }
      cluster.advance(by: .milliseconds(200))
      #expect(try looks(cluster) <= 2)
    }
  }

  @Test func oneThatIsPutOffAgainAndAgainLeavesNothingBehind() throws {
    let cluster = try Self.cluster(shards: 1)
    for _ in 0..<200 {
      try cluster.run { try await $0.entity(Alarm.self, "a").setQuietly("tea", seconds: 100) }
      cluster.advance(by: .milliseconds(100))
    }
    #expect(try looks(cluster) <= 2)
    cluster.advance(by: .seconds(92))
    #expect(try looks(cluster) <= 2, "the first was looked at in vain")
    cluster.advance(by: .seconds(20))
    #expect(try rings(cluster) == ["tea": 1])
  }

  @Test func whatIsSetWronglyFailsByNameAndKeepsItsEvents() throws {
    let cluster = try Self.cluster()
    try cluster.run { (shop: Cluster) async throws -> Void in
      let alarm = shop.entity(Alarm.self, "a")
      let twice = await #expect(throws: CallError.self) { try await alarm.setWrongly() }
      #expect(twice?.message.contains("must name one command") == true)
      let another = await #expect(throws: CallError.self) { try await alarm.setForAnother("b") }
      #expect(another?.message.contains("of its own entity") == true)
      let tooMany = await #expect(throws: CallError.self) { try await alarm.setMany(1_025, seconds: 10) }
      #expect(tooMany?.message.contains("1024 reminders") == true)
      let query = await #expect(throws: CallError.self) { try await alarm.setInQuery() }
      #expect(query?.message.contains("@Query") == true)
      #expect(try await alarm.whole().sets == 1)
    }
    cluster.advance(by: .seconds(60))
    #expect(try rings(cluster) == ["many": 1_024])
  }

  @Test func deletingTheEntityCancelsThem() throws {
    let cluster = try Self.cluster()
    try cluster.run { shop in
      try await shop.entity(Alarm.self, "a").set("tea", seconds: 100)
      try await shop.entity(Alarm.self, "a").delete()
    }
    cluster.advance(by: .seconds(200))
    #expect(try rings(cluster) == [:])
  }

  // MARK: Nodes that end

  @Test(arguments: 1...6) func itFiresOnceWhoeverOwnsItsShardByThen(seed: UInt64) throws {
    let cluster = try Self.cluster(nodes: 3, shards: 12, seed: seed)
    cluster.advance(by: .seconds(20))
    try cluster.run { shop in
      for number in 0..<40 { try await shop.entity(Alarm.self, "a\(number)").set("tea", seconds: 30 + number) }
    }
    cluster.advance(by: .seconds(25))
    cluster.crash("n1")
    cluster.advance(by: .seconds(20))
    try cluster.start("n1")
    cluster.advance(by: .seconds(5))
    cluster.crash("n2")
    cluster.advance(by: .seconds(60))
    for number in 0..<40 { #expect(try rings(cluster, of: "a\(number)") == ["tea": 1], "a\(number)") }
  }

  /// From the tail, from a snapshot, and of an entity that has left memory.
  @Test(arguments: [5, 700, 4_000]) func oneThatWasDueWhileNobodyRanComesLate(idle: Int) throws {
    let cluster = try Self.cluster()
    try cluster.run { shop in
      for number in 0..<20 { try await shop.entity(Alarm.self, "a\(number)").set("tea", seconds: 10_000) }
    }
    cluster.advance(by: .seconds(idle))
    cluster.crash("n1")
    cluster.advance(by: .seconds(20_000))
    try cluster.start("n1")
    try cluster.connectAnew()
    cluster.advance(by: .seconds(10))
    for number in 0..<20 { #expect(try rings(cluster, of: "a\(number)") == ["tea": 1]) }
  }

  @Test func entitiesThatHaveLeftMemoryComeBackForThem() throws {
    let cluster = try Self.cluster()
    try cluster.run { shop in
      for number in 0..<20 { try await shop.entity(Alarm.self, "a\(number)").set("tea", seconds: 5_000) }
    }
    cluster.advance(by: .seconds(3_000))
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.entities) == [0])
    cluster.advance(by: .seconds(2_100))
    for number in 0..<20 { #expect(try rings(cluster, of: "a\(number)") == ["tea": 1]) }
  }

  @Test func manyThatAreLateAreSpreadOut() throws {
    let cluster = try Self.cluster(shards: 1)
    try cluster.run { shop in
      for number in 0..<20 { try await shop.entity(Alarm.self, "a\(number)").setMany(1_000, seconds: 100) }
    }
    cluster.crash("n1")
    cluster.advance(by: .seconds(1_000))
    try cluster.start("n1")
    // Not by the log's length: it has notes as well that the first of each entity are about to run.
    func fired() throws -> UInt64 {
      try cluster.connectAnew()
      return try cluster.run { try await $0.status() }.nodes.reduce(0) { $0 + $1.reminders }
    }
    cluster.advance(by: .seconds(1))
    let early = try fired()
    #expect((2_000...7_500).contains(early), "\(early) of 20,000 in about a second, at 5,000 a second")
    cluster.advance(by: .seconds(6))
    let all = try fired()
    #expect(all == 20_000)
  }
}
