// Calls within one process whose callers do not wait any more: cancelled, or out of time. On one loop and across two, on real loops and
// simulated ones.
import Testing
import Troupe
import TroupeTesting

@Suite struct HomeCallTests {
  /// Where caller and entity live.
  enum Way: String, CaseIterable, CustomTestStringConvertible {
    case sameLoop, otherLoop
    var testDescription: String { rawValue }

    /// A counter that a task outside calls this way, from the loop that `Cluster.perform` picks.
    var name: String { names(of: 1)[0] }

    func names(of count: Int) -> [String] {
      let all = (0..<1_000).map { "k\($0)" }.filter {
        let hash = entityHash(kindID: kindID("counter"), id: $0)
        return (hash % 2 == UInt64(shardIndex(of: hash, shardCount: 16) % 2)) == (self == .sameLoop)
      }
      return Array(all.prefix(count))
    }

    /// One that lives this way from `other`.
    func name(from other: String) -> String {
      let loop = Self.loop(of: other)
      return (0..<1_000).map { "m\($0)" }.first { (Self.loop(of: $0) == loop) == (self == .sameLoop) }!
    }

    private static func loop(of name: String) -> Int {
      shardIndex(of: entityHash(kindID: kindID("counter"), id: name), shardCount: 16) % 2
    }
  }

  /// What happens is asked for by the client, which has a queue of its own at the entity.
  @Test(arguments: Ground.allCases, Way.allCases) func aRunningTurnIsCancelled(ground: Ground, way: Way) async throws {
    try await NodeAndClient.with(ground, loops: 2) { (pair: NodeAndClient) async throws -> Void in
      let (counter, other) = (Self.patient(pair.node, way.name), Self.patient(pair.client, way.name))
      let call = Task(executorPreference: CurrentLoop.loop) { try await counter.sleep() }
      while try await !other.lingers() {}
      call.cancel()
      let error = await #expect(throws: CallError.self) { try await call.value }
      #expect(error?.code == .cancelled)
      #expect(error?.executed == .maybe)
      while try await other.timesItWasTakenBack() < 1 {}
      // By its deadline.
      let late = await #expect(throws: CallError.self) { try await counter.within(.milliseconds(100)).sleep() }
      #expect(late?.code == .deadlineExceeded)
      #expect(late?.executed == .maybe)
      while try await other.timesItWasTakenBack() < 2 {}
      // And the object that carried the call carries others.
      for _ in 0..<20 { _ = try await counter.add(1) }
      #expect(try await counter.value() == 20)
      #expect(await pair.node.transportReport().loops.reduce(0) { $0 + $1.cancelled } == 2)
    }
  }

  @Test(arguments: Ground.allCases, Way.allCases) func aWaitingCallNeverBegins(ground: Ground, way: Way) async throws {
    try await NodeAndClient.with(ground, loops: 2) { (pair: NodeAndClient) async throws -> Void in
      let (counter, other) = (Self.patient(pair.node, way.name), Self.patient(pair.client, way.name))
      let running = Task(executorPreference: CurrentLoop.loop) { try await counter.addWhenOpen(1) }
      while try await !other.isWaited() {}
      let call = Task(executorPreference: CurrentLoop.loop) { try await counter.addWhenOpen(100) }
      while await Self.waiting(pair) != 1 {}
      call.cancel()
      let error = await #expect(throws: CallError.self) { try await call.value }
      #expect(error?.code == .cancelled)
      // As over a link, who is elsewhere cannot know; here it can be seen.
      #expect(error?.executed == (way == .sameLoop ? .no : .maybe))
      while await Self.waiting(pair) != 0 {}
      try await other.open()
      #expect(try await running.value == 1)
      #expect(try await counter.add(0) == 1)
    }
  }

  @Test(arguments: Ground.allCases, Way.allCases) func aTurnThatIsTakenBackTakesBackItsOwnCall(ground: Ground, way: Way) async throws {
    try await NodeAndClient.with(ground, loops: 2) { (pair: NodeAndClient) async throws -> Void in
      let inner = way.name(from: "a")
      let (counter, other) = (Self.patient(pair.client, "a"), Self.patient(pair.client, inner))
      let call = Task(executorPreference: CurrentLoop.loop) { try await counter.sleepIn(inner) }
      while try await !other.lingers() {}
      call.cancel()
      await #expect(throws: CallError.self) { try await call.value }
      while try await other.timesItWasTakenBack() < 1 {}
    }
  }

  @Test(arguments: Ground.allCases) func manyAreTakenBackWhileOthersAreAnswered(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { (pair: NodeAndClient) async throws -> Void in
      let names = Way.otherLoop.names(of: 40)
      for round in 1...5 {
        let sleeping = names.map { name in
          Task(executorPreference: CurrentLoop.loop) { try await Self.patient(pair.node, name).sleep() }
        }
        for name in names { while try await !Self.patient(pair.client, name).lingers() {} }
        let adding = (0..<200).map { number in
          Task(executorPreference: CurrentLoop.loop) { try await Self.patient(pair.node, "other-\(number)").add(number) }
        }
        for call in sleeping { call.cancel() }
        for (number, call) in adding.enumerated() { #expect(try await call.value == round * number) }
        for call in sleeping { await #expect(throws: CallError.self) { try await call.value } }
        for name in names { while try await Self.patient(pair.client, name).timesItWasTakenBack() < round {} }
      }
    }
  }

  /// On real threads alone: one of them is held.
  @Test func whatALoopHasNotLookedAtYetNeverBegins() async throws {
    try await NodeAndClient.with(.real, loops: 2) { (pair: NodeAndClient) async throws -> Void in
      let name = Way.otherLoop.name
      // Whatever goes wrong below, no loop stays held.
      defer { Counter.latch.store(true, ordering: .relaxed) }
      let counter = Self.patient(pair.node, name)
      let other = Self.patient(pair.client, Way.sameLoop.name(from: name))
      let holding = Task { try await other.holdItsLoop() }
      // Nothing of that loop answers any more.
      while (try? await other.within(.milliseconds(50)).value()) != nil {}
      let late = await #expect(throws: CallError.self) { try await counter.within(.milliseconds(50)).add(1) }
      #expect(late?.code == .deadlineExceeded)
      let call = Task { try await counter.within(.seconds(60)).add(10) }
      call.cancel()
      let error = await #expect(throws: CallError.self) { try await call.value }
      #expect(error?.code == .cancelled)
      Counter.latch.store(true, ordering: .relaxed)
      try await holding.value
      #expect(try await counter.add(100) == 100)
    }
  }

  /// Calls that wait as long as it takes on a busy machine.
  private static func patient(_ cluster: Cluster, _ name: String) -> Counter.Ref {
    cluster.entity(Counter.self, name).within(.seconds(60))
  }

  private static func waiting(_ pair: NodeAndClient) async -> Int {
    await pair.node.transportReport().loops.reduce(0) { $0 + $1.waitingCalls }
  }
}
