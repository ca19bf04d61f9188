// Projections on whole simulated clusters, with a real database: each message has its effect once, whoever dies, and a view can be made anew.

import Testing
import Troupe
import TroupeTesting

@testable import TroupeProjections

@Suite struct ProjectionTests {
  static let names = (0..<6).map { "p\($0)" }

  static func cluster(
    _ projector: Projector<Sums>, nodes: Int = 1, shards: Int = 4, seed: UInt64 = 1, _ store: any Store = MemoryStore()
  ) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, shardCount: shards, seed: seed, store: store) {
      $0.register(Purse.self)
      $0.subscribe(projector, to: .added)
    }
  }

  static func add(_ cluster: SimulatedCluster, _ amounts: ClosedRange<Int>) throws {
    try cluster.run { shop in
      for amount in amounts {
        for name in names { _ = try await shop.entity(Purse.self, name).within(.seconds(60)).add(amount) }
      }
    }
  }

  /// Every purse with the deposits 1 to this, each once.
  static func sums(_ count: Int) -> [String] { names.map { "\($0) \(count * (count + 1) / 2)/\(count)" } }

  @Test func eachMessageHasItsEffectOnceWhoeverDies() async throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let view = try View()
      let cluster = try Self.cluster(try await Projector(Sums(), in: view.file), nodes: 3, shards: 12, seed: seed)
      cluster.advance(by: .seconds(20))
      try Self.add(cluster, 1...4)
      cluster.crash("n1")
      try Self.add(cluster, 5...8)
      try cluster.start("n1")
      cluster.advance(by: .seconds(20))
      cluster.crash("n3")
      try Self.add(cluster, 9...12)
      cluster.advance(by: .seconds(30))
      #expect(try view.sums() == Self.sums(12), "seed \(seed)")
      view.remove()
    }
  }

  @Test func aViewIsMadeAnew() async throws {
    let view = try View()
    let cluster = try Self.cluster(try await Projector(Sums(), in: view.file))
    try Self.add(cluster, 1...3)
    cluster.advance(by: .seconds(1))
    try view.execute("UPDATE sums SET sum = 0, times = 99")
    #expect(try cluster.run { try await $0.restartConsumers("sums") } == 4)
    cluster.advance(by: .seconds(2))
    #expect(try view.sums() == Self.sums(3))
    // Nor does a crash behind it bring the older generation back.
    cluster.crash("n1")
    try cluster.start("n1")
    try cluster.connectAnew()
    cluster.advance(by: .seconds(5))
    try Self.add(cluster, 4...5)
    cluster.advance(by: .seconds(5))
    #expect(try view.sums() == Self.sums(5))
    view.remove()
  }

  @Test func aNewFileAndANewVersionGetEverythingThatTheLogsHold() async throws {
    let store = MemoryStore()
    let (old, new) = (try View(), try View())
    let first = try Self.cluster(try await Projector(Sums(), in: old.file), store)
    try Self.add(first, 1...3)
    first.advance(by: .seconds(1))
    first.crash("n1")
    let second = try Self.cluster(try await Projector(Sums(), in: new.file), seed: 2, store)
    second.advance(by: .seconds(10))
    try Self.add(second, 4...4)
    second.advance(by: .seconds(1))
    #expect(try new.sums() == Self.sums(4))
    second.crash("n1")
    let third = try Self.cluster(try await Projector(Sums(version: 2), in: new.file), seed: 3, store)
    third.advance(by: .seconds(10))
    #expect(try new.sums() == Self.sums(4))
    old.remove()
    new.remove()
  }

  @Test func aNodeOfAnOlderVersionWaitsAndLosesNothing() async throws {
    let view = try View()
    let old = try await Projector(Sums(), in: view.file)
    _ = try await Projector(Sums(version: 2), in: view.file)
    let cluster = try Self.cluster(old)
    try Self.add(cluster, 1...2)
    cluster.advance(by: .seconds(120))
    let report = try #require(try cluster.run { try await $0.consumers() }.first)
    #expect(report.trouble?.contains("the tables of sums are of version 2, this node writes version 1") == true && report.deadLetters == 0)
    #expect(try view.sums() == [])
    view.remove()
  }

  @Test func whileTheFileCannotBeWrittenTheMessagesWait() async throws {
    let view = try View()
    let cluster = try Self.cluster(try await Projector(Sums(), in: view.file))
    try Self.add(cluster, 1...1)
    cluster.advance(by: .seconds(1))
    try view.execute("PRAGMA query_only = 1")
    try Self.add(cluster, 2...3)
    cluster.advance(by: .seconds(300))
    let report = try #require(try cluster.run { try await $0.consumers() }.first)
    #expect(report.state == .retrying && report.deadLetters == 0 && report.lag > 0)
    try view.execute("PRAGMA query_only = 0")
    cluster.advance(by: .seconds(60))
    #expect(try view.sums() == Self.sums(3))
    view.remove()
  }

  // MARK: Dead letters

  @Test(arguments: [false, true]) func aDeadLetterHasItsEffectOnceHoweverOftenTheViewIsMadeAnew(isRestartedFirst: Bool) async throws {
    let view = try View()
    let cluster = try Self.cluster(try await Projector(Sums(), in: view.file))
    try view.execute("INSERT INTO refused VALUES (2)")
    try Self.add(cluster, 1...3)
    // Less than snapshots wait: what is made anew below has only what the log still holds.
    cluster.advance(by: .seconds(200))
    #expect(try view.sums() == Self.names.map { "\($0) 4/2" }, "the others went on")
    let letters = try cluster.run { try await $0.entity(DeadLetters.self, "sums").list() }
    #expect(letters.count == 6)
    try view.execute("DELETE FROM refused")
    if isRestartedFirst {
      // Then they come from their own shards, and what is sent again behind that is no second effect.
      _ = try cluster.run { try await $0.restartConsumers("sums") }
      cluster.advance(by: .seconds(5))
    }
    try cluster.run { shop in
      for letter in letters { try await shop.entity(DeadLetters.self, "sums").redrive(letter.id) }
    }
    cluster.advance(by: .seconds(5))
    #expect(try view.sums() == Self.sums(3))
    _ = try cluster.run { try await $0.restartConsumers("sums") }
    cluster.advance(by: .seconds(5))
    #expect(try view.sums() == Self.sums(3), "made anew")
    #expect(try cluster.run { try await $0.entity(DeadLetters.self, "sums").count() } == 0)
    view.remove()
  }
}
