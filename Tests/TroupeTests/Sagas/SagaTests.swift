// Sagas on whole simulated clusters: they finish or undo what they did, whatever fails and whoever dies.
import Testing
import Troupe
import TroupeTesting

@Suite struct SagaTests {
  static func cluster(
    nodes: Int = 1, shards: Int = 4, seed: UInt64 = 1, _ flow: Flow<Int, TripMemory>, store: any Store = MemoryStore()
  ) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, shardCount: shards, seed: seed, store: store) {
      $0.register(Ledger.self)
      $0.register(flow)
    }
  }

  static func balances(_ cluster: SimulatedCluster, of id: String) throws -> [Int] {
    try cluster.run { shop in
      var balances: [Int] = []
      for step in ["flight", "hotel", "car"] {
        balances.append(try await shop.entity(Ledger.self, "\(step)-\(id)").within(.seconds(60)).balance())
      }
      return balances
    }
  }

  @Test func itDoesItsStepsInOrderAndRemembers() throws {
    let weather = Weather()
    let flow = Flow.trip(weather)
    let cluster = try Self.cluster(flow)
    let (state, memory) = try cluster.run { shop in
      let trip = shop.saga(flow, "a")
      try await trip.start(7)
      return (try await trip.end(), try await trip.memory())
    }
    #expect(state.phase == .finished && state.steps.map(\.stage) == [.done, .done, .done] && state.error == nil)
    #expect(memory == TripMemory(booked: ["flight", "hotel", "car"]))
    #expect(try Self.balances(cluster, of: "a") == [7, 7, 7])
    #expect(weather.log == ["flight", "hotel", "car"])
    cluster.advance(by: .seconds(7_200))
    #expect(weather.log.count == 3, "nothing watches over one that has ended")
  }

  @Test func oneThatCannotGoOnUndoesWhatItDidTheLastFirst() throws {
    let weather = Weather()
    weather.fails = { step, isUndo, _ in if step == "car", !isUndo { throw TurnBack("no car") } }
    let flow = Flow.trip(weather)
    let cluster = try Self.cluster(flow)
    let state = try cluster.run { shop in
      try await shop.saga(flow, "a").start(7)
      return try await shop.saga(flow, "a").end()
    }
    #expect(state.phase == .undone && state.reason == "car: no car" && state.steps.map(\.stage) == [.undone, .undone, .undone])
    #expect(weather.log == ["flight", "hotel", "car", "uncar", "unhotel", "unflight"])
    #expect(try Self.balances(cluster, of: "a") == [0, 0, 0])
  }

  @Test func aStepThatFailsAFewTimesIsTriedAgainUnderTheSameKey() throws {
    let weather = Weather()
    weather.fails = { step, _, attempt in if step == "hotel", attempt < 4 { throw Weather.Storm(description: "storm \(attempt)") } }
    let flow = Flow.trip(weather)
    let cluster = try Self.cluster(flow)
    let state = try cluster.run { shop in
      try await shop.saga(flow, "a").start(7)
      return try await shop.saga(flow, "a").end()
    }
    #expect(state.phase == .finished && weather.log == ["flight", "hotel", "hotel", "hotel", "hotel", "car"])
  }

  @Test func aStepThatHangsIsCancelledAndCounts() throws {
    let weather = Weather()
    let flow = Flow<Int, TripMemory>("trip", remembering: TripMemory())
      .step("hangs", timeout: .seconds(3), retry: StepRetry(attempts: 2)) { scope, _ in
        try weather.pass("hangs", undo: false, scope.attempt)
        try await untilCancelled()
      }
    let cluster = try Self.cluster(flow)
    let state = try cluster.run { shop in
      try await shop.saga(flow, "a").start(7)
      return try await shop.saga(flow, "a").end()
    }
    #expect(state.phase == .undone && state.reason == "hangs: it took longer than 3.0 seconds" && weather.log.count == 2)
  }

  @Test func oneWhoseUndoFailsIsStuckUntilAnOperatorHelps() throws {
    let weather = Weather()
    weather.fails = { step, isUndo, _ in
      if step == "car" { throw TurnBack("no car") }
      if step == "hotel", isUndo { throw Weather.Storm(description: "the hotel does not answer") }
    }
    let flow = Flow.trip(weather)
    let cluster = try Self.cluster(flow)
    try cluster.run { try await $0.saga(flow, "a").start(7) }
    cluster.advance(by: .seconds(120))
    // The car's own undo fails as well: somebody has looked after it by hand.
    let stuck = try cluster.run { try await $0.saga(flow, "a").status() }
    #expect(stuck.isStuck && stuck.phase == .back && stuck.position == 2 && stuck.error == "no car")
    #expect(try cluster.run { try await $0.sagas() }.map(\.id) == ["trip/a"])
    try cluster.run { try await $0.entity(Sagas.self, "trip/a").passOver() }
    cluster.advance(by: .seconds(120))
    let next = try cluster.run { try await $0.saga(flow, "a").status() }
    #expect(next.isStuck && next.position == 1 && next.error == "the hotel does not answer")
    weather.fails = { _, _, _ in }
    try cluster.run { try await $0.entity(Sagas.self, "trip/a").resume() }
    let end = try cluster.run { try await $0.saga(flow, "a").end() }
    #expect(end.phase == .undone)
    #expect(try Self.balances(cluster, of: "a") == [0, 0, 0])
    #expect(try cluster.run { try await $0.sagas() } == [])
  }

  @Test func oneThatIsStuckIsTriedAgainByTheHour() throws {
    let weather = Weather()
    weather.fails = { step, isUndo, _ in
      if step == "car", !isUndo { throw TurnBack("no car") }
      if isUndo { throw Weather.Storm(description: "storm") }
    }
    let flow = Flow.trip(weather)
    let cluster = try Self.cluster(flow)
    try cluster.run { try await $0.saga(flow, "a").start(7) }
    cluster.advance(by: .seconds(600))
    #expect(try cluster.run { try await $0.saga(flow, "a").status() }.isStuck)
    weather.fails = { _, _, _ in }
    cluster.advance(by: .seconds(3_600))
    #expect(try cluster.run { try await $0.saga(flow, "a").status() }.phase == .undone)
  }

  @Test func anOperatorTurnsOneBackWhileAStepRuns() throws {
    let weather = Weather()
    let flow = Flow<Int, TripMemory>("trip", remembering: TripMemory())
      .step("slow", timeout: .seconds(30)) { scope, _ in
        try weather.pass("slow", undo: false, scope.attempt)
        try? await untilCancelled()
        weather.log.append("slow ended")
      } undo: { scope, _ in
        try weather.pass("slow", undo: true, scope.attempt)
      }
    let cluster = try Self.cluster(flow)
    try cluster.run { try await $0.saga(flow, "a").start(7) }
    cluster.advance(by: .seconds(1))
    try cluster.run { try await $0.entity(Sagas.self, "trip/a").turnBack("the customer called") }
    let state = try cluster.run { try await $0.saga(flow, "a").end() }
    #expect(state.phase == .undone && state.reason == "the customer called")
    #expect(weather.log == ["slow", "slow ended", "unslow"], "never side by side")
  }

  @Test func startingTwiceIsStartingOnce() throws {
    let weather = Weather()
    let flow = Flow.trip(weather)
    let cluster = try Self.cluster(flow)
    try cluster.run { (shop: Cluster) async throws -> Void in
      let trip = shop.saga(flow, "a")
      await #expect(throws: Sagas.Failure.notStarted) { try await trip.memory() }
      try await trip.start(7)
      try await trip.start(7)
      await #expect(throws: Sagas.Failure.otherInput) { try await trip.start(8) }
      _ = try await trip.end()
      try await trip.start(7)
      let unknown = Flow<Int, TripMemory>("nowhere", remembering: TripMemory())
      await #expect(throws: Sagas.Failure.unknownFlow("nowhere")) { try await shop.saga(unknown, "a").start(1) }
    }
    #expect(weather.log.count == 3)
  }

  @Test func flowsThatCannotBeKeepANodeFromStarting() {
    let weather = Weather()
    for flow in [Flow.trip(weather, steps: []), .trip(weather, steps: ["a", "a"]), .trip(weather, timeout: .zero)] {
      #expect(throws: (any Error).self) { try Self.cluster(flow) }
    }
  }

  // MARK: Versions

  /// A saga that is under way goes on with the steps that it began with; one whose step is gone turns back, and waits there for somebody who
  /// knows how that step is undone.
  @Test func aNewVersionOfTheFlowRunsOldSagas() throws {
    let (store, weather) = (MemoryStore(), Weather())
    weather.fails = { step, _, _ in if step == "hotel" { throw Weather.Storm(description: "not yet") } }
    let slow = Flow<Int, TripMemory>.trip(weather)
    let first = try Self.cluster(slow, store: store)
    try first.run { try await $0.saga(slow, "a").start(7) }
    first.advance(by: .milliseconds(100))
    first.crash("n1")
    weather.fails = { _, _, _ in }
    let new = Flow.trip(weather, steps: ["flight", "insurance", "car"])
    let second = try Self.cluster(seed: 2, new, store: store)
    second.advance(by: .seconds(60))
    let stuck = try second.run { try await $0.saga(new, "a").status() }
    #expect(stuck.isStuck && stuck.reason?.contains("no step 'hotel'") == true && stuck.position == 1)
    try second.run { try await $0.entity(Sagas.self, "trip/a").passOver() }
    let state = try second.run { try await $0.saga(new, "a").end() }
    #expect(state.phase == .undone && weather.log.last == "unflight")
  }

  // MARK: Nodes that end

  @Test(arguments: 1...6) func itEndsWhoeverOwnsItsShardByThen(seed: UInt64) throws {
    let weather = Weather()
    weather.fails = { step, isUndo, attempt in
      if attempt < 3 { throw Weather.Storm(description: "storm") }
      if step == "car", !isUndo { throw TurnBack("no car") }
    }
    let flow = Flow.trip(weather)
    let cluster = try Self.cluster(nodes: 3, shards: 12, seed: seed, flow)
    cluster.advance(by: .seconds(20))
    try cluster.run { shop in for number in 0..<10 { try await shop.saga(flow, "\(number)").start(7) } }
    cluster.advance(by: .milliseconds(300))
    cluster.crash("n1")
    cluster.advance(by: .seconds(2))
    cluster.crash("n2")
    cluster.advance(by: .seconds(60))
    try cluster.start("n1")
    cluster.advance(by: .seconds(60))
    for number in 0..<10 {
      #expect(try cluster.run { try await $0.saga(flow, "\(number)").status() }.phase == .undone)
      #expect(try Self.balances(cluster, of: "\(number)") == [0, 0, 0])
    }
  }

  /// The killer stands between every two durable steps of a saga that succeeds and of one that does not; the ledgers are others' entities.
  @Test(arguments: DeathWatch.Moment.allCases, [true, false]) func whereverTheNodeEndsItFinishesOrUndoes(
    _ moment: DeathWatch.Moment, succeeds: Bool
  ) throws {
    var steps = 0
    for victim in 0... {
      let store = FaultyStore(MemoryStore()) { _, _ in .done }
      let weather = Weather()
      weather.fails = { step, isUndo, _ in if step == "car", !isUndo, !succeeds { throw TurnBack("no car") } }
      let flow = Flow.trip(weather)
      let cluster = try Self.cluster(shards: 2, flow, store: store)
      let watch = DeathWatch(over: store, victim: victim, moment)
      let wasStarted = try cluster.run { shop in
        do {
          try await shop.entity(Sagas.self, "trip/a").within(.seconds(2)).start("trip", input: 7.wireBytes)
          return true
        } catch {
          return false
        }
      }
      cluster.advance(by: .seconds(5))
      let wasReached = watch.isOver
      cluster.crash("n1")
      store.judge { _, _ in .done }
      try cluster.start("n1")
      try cluster.connectAnew()
      cluster.advance(by: .seconds(120))
      let state = try cluster.run { try await $0.saga(flow, "a").status() }
      let balances = try Self.balances(cluster, of: "a")
      #expect(!wasStarted || !state.isUnderWay && state.phase != .none, "write \(victim): \(state.phase)")
      switch state.phase {
      case .finished: #expect(balances == [7, 7, 7], "write \(victim)")
      default: #expect(balances == [0, 0, 0], "write \(victim): \(state.phase)")
      }
      #expect(!wasStarted || (state.phase == .finished) == succeeds, "write \(victim)")
      guard wasReached else { break }
      steps += 1
    }
    #expect(steps >= 7, "start, three steps and three ledgers are as many writes")
  }
}
