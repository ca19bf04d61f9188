// Consumers on whole simulated clusters: everything comes, in order, whoever owns the shards, and what cannot be taken stands where
// somebody sees it.
import Testing
import Troupe
import TroupeTesting

@Suite struct TopicTests {
  static func cluster(
    nodes: Int = 1, shards: Int = 4, seed: UInt64 = 1, _ store: any Store = MemoryStore(),
    _ subscribe: @escaping @Sendable (inout Registry) -> Void
  ) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, shardCount: shards, seed: seed, store: store) {
      $0.register(Ledger.self)
      subscribe(&$0)
    }
  }

  static func book(_ cluster: SimulatedCluster, _ ids: [String], _ amounts: ClosedRange<Int>) throws {
    try cluster.run { shop in
      for amount in amounts {
        for id in ids { _ = try await shop.entity(Ledger.self, id).within(.seconds(60)).book(amount) }
      }
    }
  }

  static let names = (0..<6).map { "l\($0)" }

  private func expectAll(_ sink: Sink, _ amounts: ClosedRange<Int>, sourceLocation: SourceLocation = #_sourceLocation) {
    for name in Self.names {
      #expect(sink.once.filter { $0.hasPrefix("\(name) ") } == amounts.map { "\(name) +\($0)" }, sourceLocation: sourceLocation)
    }
  }

  @Test func whatIsRecordedComesOnceAndInOrder() throws {
    let sink = Sink()
    let cluster = try Self.cluster { $0.subscribe("all", into: sink) }
    try Self.book(cluster, Self.names, 1...5)
    try cluster.run { try await $0.entity(Ledger.self, "l0").close() }
    cluster.advance(by: .seconds(1))
    expectAll(sink, 1...5)
    #expect(sink.texts.count == 30 && Set(sink.keys).count == 30)
    let report = try #require(try cluster.run { try await $0.consumers() }.first)
    #expect(report.group == "all" && report.topic == "bookings" && report.lag == 0 && report.shards == 4 && report.state == .running)
  }

  @Test func groupsHaveTheirOwnWays() throws {
    let (fast, slow) = (Sink(), Sink())
    slow.refuse { _, _ in true }
    let cluster = try Self.cluster {
      $0.subscribe("fast", into: fast)
      $0.subscribe("slow", into: slow)
    }
    try Self.book(cluster, Self.names, 1...5)
    cluster.advance(by: .seconds(1))
    expectAll(fast, 1...5)
    let reports = try cluster.run { try await $0.consumers() }
    #expect(reports.map(\.group) == ["fast", "slow"] && reports[0].lag == 0 && reports[1].lag > 0)
    #expect(reports[1].state == .retrying && reports[1].trouble?.contains("is not wanted") == true)
    slow.refuse { _, _ in false }
    cluster.advance(by: .seconds(60))
    expectAll(slow, 1...5)
  }

  @Test func aGroupThatIsNewBeginsWhereItsPolicySays() throws {
    let store = MemoryStore()
    let first = try Self.cluster(store) { _ in }
    try Self.book(first, Self.names, 1...3)
    first.crash("n1")
    let (all, new) = (Sink(), Sink())
    var fromNow = ConsumerPolicy()
    fromNow.start = .end
    let second = try Self.cluster(seed: 2, store) { [fromNow] in
      $0.subscribe("all", into: all)
      $0.subscribe("new", into: new, policy: fromNow)
    }
    second.advance(by: .seconds(1))
    try Self.book(second, Self.names, 4...5)
    second.advance(by: .seconds(1))
    expectAll(all, 1...5)
    expectAll(new, 4...5)
  }

  @Test(arguments: 1...6) func nothingIsMissedWhenNodesDie(seed: UInt64) throws {
    let sink = Sink()
    let cluster = try Self.cluster(nodes: 3, shards: 12, seed: seed) { $0.subscribe("all", into: sink) }
    cluster.advance(by: .seconds(20))
    try Self.book(cluster, Self.names, 1...4)
    cluster.crash("n1")
    try Self.book(cluster, Self.names, 5...8)
    try cluster.start("n1")
    cluster.advance(by: .seconds(20))
    cluster.crash("n3")
    try Self.book(cluster, Self.names, 9...12)
    cluster.advance(by: .seconds(30))
    expectAll(sink, 1...12)
  }

  @Test func oneThatIsBehindReadsTheStore() throws {
    let sink = Sink()
    sink.refuse { _, _ in true }
    var patient = ConsumerPolicy()
    patient.attempts = 100
    patient.longestPause = .seconds(1)
    let cluster = try Self.cluster(shards: 1) { [patient] in $0.subscribe("all", into: sink, policy: patient) }
    try Self.book(cluster, Self.names, 1...900)  // more than stays in memory, and more than a checkpoint
    sink.refuse { _, _ in false }
    cluster.advance(by: .seconds(20))
    expectAll(sink, 1...900)
  }

  // MARK: Dead letters

  @Test func whatNobodyTakesBecomesADeadLetterAndCanBeSentAgain() throws {
    let sink = Sink()
    sink.refuse { text, _ in text == "l1 +2" }
    let cluster = try Self.cluster(shards: 2) { $0.subscribe("all", into: sink) }
    try Self.book(cluster, Self.names, 1...3)
    cluster.advance(by: .seconds(60))
    #expect(sink.once.count == 17, "all but one, the later ones of the same entity too")
    let letters = try cluster.run { try await $0.entity(DeadLetters.self, "all").list() }
    let letter = try #require(letters.first)
    #expect(letters.count == 1 && letter.entity == "l1" && letter.attempts == 8 && letter.error == "l1 +2 is not wanted")
    #expect(try cluster.run { try await $0.consumers() }.map(\.deadLetters) == [1])

    // Sent again too early, it comes back; later it is taken, under its own key.
    let id = letter.id
    try cluster.run { try await $0.entity(DeadLetters.self, "all").redrive(id) }
    cluster.advance(by: .seconds(60))
    #expect(try cluster.run { try await $0.entity(DeadLetters.self, "all").letter(id) }.attempts == 16)
    sink.refuse { _, _ in false }
    try cluster.run { try await $0.entity(DeadLetters.self, "all").redrive(id) }
    cluster.advance(by: .seconds(5))
    #expect(sink.texts.last == "l1 +2" && sink.keys.last == "all/\(letter.shard)/\(letter.offset)/0")
    #expect(try cluster.run { try await $0.entity(DeadLetters.self, "all").count() } == 0)
  }

  @Test func aMessageThatIsRefusedAFewTimesIsTakenInTheEnd() throws {
    let sink = Sink()
    sink.refuse { text, attempt in text == "l1 +2" && attempt < 6 }
    let cluster = try Self.cluster { $0.subscribe("all", into: sink) }
    try Self.book(cluster, Self.names, 1...3)
    cluster.advance(by: .seconds(30))
    expectAll(sink, 1...3)
    #expect(try cluster.run { try await $0.entity(DeadLetters.self, "all").count() } == 0)
  }

  @Test func aConsumerThatHangsIsTakenBackAndBuried() throws {
    var hasty = ConsumerPolicy()
    hasty.attempts = 2
    hasty.patience = .seconds(1)
    let sink = Sink()
    let cluster = try Self.cluster { [hasty] in
      $0.subscribe("hangs", to: .bookings, policy: hasty) { delivery, cluster in
        if delivery.message == "l0 +1" { try await untilCancelled() }
        try sink.take(delivery.message, key: delivery.key, attempt: delivery.attempt)
      }
    }
    try Self.book(cluster, Self.names, 1...2)
    cluster.advance(by: .seconds(30))
    #expect(sink.once.count == 11)
    let letters = try cluster.run { try await $0.entity(DeadLetters.self, "hangs").list() }
    #expect(letters.map(\.error) == ["it took longer than 1.0 seconds"])
  }

  // MARK: Retention

  @Test func whoIsTooFarBehindIsCutOffByNameAndBeginsAnew() throws {
    let sink = Sink()
    sink.refuse { _, _ in true }
    var short = ConsumerPolicy()
    short.retention = 100
    short.attempts = 100
    short.longestPause = .seconds(1)
    let cluster = try Self.cluster(shards: 1) { [short] in $0.subscribe("all", into: sink, policy: short) }
    try Self.book(cluster, Self.names, 1...1_200)
    sink.refuse { _, _ in false }
    cluster.advance(by: .seconds(5))
    let report = try #require(try cluster.run { try await $0.consumers() }.first)
    #expect(report.state == .cutOff && report.trouble?.contains("the log begins at") == true)
    #expect(try cluster.run { try await $0.restartConsumers("all") } == 1)
    cluster.advance(by: .seconds(5))
    #expect(try cluster.run { try await $0.consumers() }.first?.state == .running)
    #expect(sink.once.last == "l5 +1200")
    #expect(try cluster.run { try await $0.restartConsumers("nobody") } == 0)
  }

  @Test func aGroupThatBeginsAnewGetsEverythingThatIsThere() throws {
    let sink = Sink()
    let cluster = try Self.cluster { $0.subscribe("all", into: sink) }
    try Self.book(cluster, Self.names, 1...3)
    cluster.advance(by: .seconds(1))
    #expect(try cluster.run { try await $0.restartConsumers("all") } == 4)
    cluster.advance(by: .seconds(1))
    #expect(sink.texts.count == 36 && Set(sink.keys).count == 18)
    cluster.crash("n1")
    try cluster.start("n1")
    cluster.advance(by: .seconds(5))
    #expect(sink.texts.count == 36, "the new generation's offset counts")
  }

  // MARK: Misuse

  @Test func aNodeWithGroupsThatCannotBeDoesNotStart() throws {
    var wrong = ConsumerPolicy()
    wrong.batch = 0
    for (group, policy) in [("UPPER", ConsumerPolicy()), ("", ConsumerPolicy()), ("fine", wrong)] {
      #expect(throws: (any Error).self) { try Self.cluster { $0.subscribe(group, into: Sink(), policy: policy) } }
    }
    #expect(throws: (any Error).self) {
      try Self.cluster {
        $0.subscribe("twice", into: Sink())
        $0.subscribe("twice", into: Sink())
      }
    }
  }
}

/// Waits for nothing but to be taken back.
func untilCancelled() async throws {
  let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
  await withTaskCancellationHandler {
    for await _ in stream {}
  } onCancel: {
    continuation.finish()
  }
  throw CancellationError()
}
