// Before the log lets go of a record the archive has it; and who begins anew finds there what the log has let go of.
import Testing
import Troupe
import TroupeTesting

@Suite struct ArchiveTests {
  private static let shard = ShardID(0)

  /// One shard whose floor rises with every 256 records.
  private static func cluster(
    nodes: Int = 1, seed: UInt64 = 1, _ store: any Store, _ archive: MemoryArchive,
    _ subscribe: @escaping @Sendable (inout Registry) -> Void = { _ in }
  ) throws -> SimulatedCluster {
    var policy = SnapshotPolicy()
    policy.records = 256
    return try SimulatedCluster(nodes: nodes, shardCount: 1, seed: seed, store: store, snapshots: policy, archive: archive) {
      $0.register(Ledger.self)
      subscribe(&$0)
    }
  }

  private static func logStart(_ store: any Store) async throws -> Offset? {
    do {
      _ = try await store.readPage(shard, from: Offset(0), limit: 1)
      return Offset(0)
    } catch StoreError.cutOff(let start) {
      return start
    }
  }

  @Test func theLogLetsGoOfNothingThatTheArchiveHasNot() async throws {
    let (store, archive) = (MemoryStore(), MemoryArchive())
    let cluster = try Self.cluster(store, archive)
    for step in 1...10 {
      try TopicTests.book(cluster, TopicTests.names, (step * 100 - 99)...(step * 100))
      cluster.advance(by: .seconds(1))
      let start = try #require(try await Self.logStart(store))
      let archived = archive.records(of: Self.shard)
      #expect(archived.map(\.offset.value) == Array(0..<UInt64(archived.count)), "from the beginning, without gap")
      #expect(archived.count >= Int(start.value))
      #expect(archived.count % 2_048 == 0, "in large pieces")
    }
    #expect(archive.records(of: Self.shard).count == 4_096)
    #expect(try await Self.logStart(store) == Offset(4_096), "6,000 records, of which the archive has two pieces")
    let report = try #require(try cluster.run { try await $0.consumers() }.first)
    #expect(report.group == "archive" && report.lag == 0 && report.state == .running)
  }

  @Test func aGroupThatBeginsAnewGetsWhatOnlyTheArchiveHas() async throws {
    let (store, archive, sink) = (MemoryStore(), MemoryArchive(), Sink())
    let cluster = try Self.cluster(store, archive) { $0.subscribe("all", into: sink) }
    try TopicTests.book(cluster, TopicTests.names, 1...1_000)
    cluster.advance(by: .seconds(2))
    #expect(try await Self.logStart(store) == Offset(4_096))
    #expect(sink.texts.count == 6_000)
    #expect(try cluster.run { try await $0.restartConsumers("all") } == 1)
    cluster.advance(by: .seconds(5))
    #expect(sink.texts.count == 12_000 && Array(sink.texts[6_000...]) == Array(sink.texts[..<6_000]), "everything, in the same order")
    // The same after another life of the node, and for a group that is new.
    cluster.crash("n1")
    let late = Sink()
    try cluster.start("n1") {
      $0.register(Ledger.self)
      $0.subscribe("all", into: sink)
      $0.subscribe("late", into: late)
    }
    cluster.advance(by: .seconds(10))
    #expect(late.once == Array(sink.texts[..<6_000]))
  }

  @Test func withoutItOnlyWhatTheLogHoldsComesAgain() async throws {
    let (store, sink) = (MemoryStore(), Sink())
    var policy = SnapshotPolicy()
    policy.records = 256
    let cluster = try SimulatedCluster(shardCount: 1, store: store, snapshots: policy) {
      $0.register(Ledger.self)
      $0.subscribe("all", into: sink)
    }
    try TopicTests.book(cluster, TopicTests.names, 1...1_000)
    cluster.advance(by: .seconds(2))
    _ = try cluster.run { try await $0.restartConsumers("all") }
    cluster.advance(by: .seconds(5))
    #expect(sink.texts.count < 6_000 + 1_000)
  }

  @Test func whileTheArchiveIsAwayTheLogKeepsEverything() async throws {
    let (store, archive) = (MemoryStore(), MemoryArchive())
    let cluster = try Self.cluster(store, archive)
    archive.refuse(with: .diskFull("/backups"))
    try TopicTests.book(cluster, TopicTests.names, 1...1_000)
    cluster.advance(by: .seconds(2))
    #expect(try await Self.logStart(store) == Offset(0))
    let report = try #require(try cluster.run { try await $0.consumers() }.first)
    #expect(report.state == .retrying && report.trouble?.contains("/backups") == true && report.deadLetters == 0)
    archive.refuse(with: nil)
    cluster.advance(by: .seconds(60))
    #expect(archive.records(of: Self.shard).count == 4_096)
    // The next snapshot lets go.
    try TopicTests.book(cluster, TopicTests.names, 1_001...1_100)
    cluster.advance(by: .seconds(2))
    #expect(try await Self.logStart(store) == Offset(4_096))
  }

  @Test(arguments: 1...4) func nothingIsMissingAfterNodesHaveDied(seed: UInt64) async throws {
    let (store, archive) = (MemoryStore(), MemoryArchive())
    let cluster = try Self.cluster(nodes: 2, seed: seed, store, archive)
    cluster.advance(by: .seconds(20))
    for round in 0..<4 {
      let first = round * 250 + 1
      try TopicTests.book(cluster, TopicTests.names, first...(first + 249))
      let dead = (UInt64(round) + seed).isMultiple(of: 2) ? "n1" : "n2"
      cluster.crash(dead)
      cluster.advance(by: .milliseconds(300 * Int64(seed)))
      try cluster.start(dead)
      cluster.advance(by: .seconds(20))
    }
    let archived = archive.records(of: Self.shard)
    let log = try await store.readPage(Self.shard, from: Offset(UInt64(archived.count)), limit: .max)
    let history = archived + log
    #expect(history.map(\.offset.value) == Array(0..<UInt64(history.count)))
    for name in TopicTests.names {
      let amounts = try history.filter { $0.entity == name }.flatMap(\.turn.events).compactMap { bytes -> Int? in
        if case .booked(let amount) = try Ledger.Event(wireBytes: bytes) { amount } else { nil }
      }
      #expect(amounts == Array(1...1_000))
    }
  }

  @Test func itsNameIsTaken() throws {
    #expect(throws: StartError.self) {
      try SimulatedCluster { $0.subscribe("archive", into: Sink()) }
    }
  }
}
