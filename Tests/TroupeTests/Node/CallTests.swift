// Calls through a `Ref`: from outside the loops, from a client in another set of loops, and what comes back; on real loops and on
// simulated ones.
import Testing
import Troupe

@Suite struct CallTests {
  @Test(arguments: Ground.allCases, [1, 2]) func aValueComesBack(ground: Ground, loops: Int) async throws {
    try await NodeAndClient.with(ground, loops: loops) { (pair: NodeAndClient) async throws -> Void in
      let (node, client) = (pair.node, pair.client)
      for name in ["a", "b", "c", "d", "e"] {
        #expect(try await node.entity(Counter.self, name).add(2) == 2)
        #expect(try await client.entity(Counter.self, name).add() == 3)
        #expect(try await client.entity(Counter.self, name).value() == 3)
      }
    }
  }

  @Test(arguments: Ground.allCases) func anErrorArrivesAsItsType(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let (node, client) = (pair.node, pair.client)
      for cluster in [node, client] {
        let counter = cluster.entity(Counter.self, "a")
        await #expect(throws: Counter.Failure.tooLarge(2_000)) { try await counter.add(2_000) }
        await #expect(throws: Counter.Denied(by: "parity")) { try await counter.addEven(3) }
        let error = await #expect(throws: CallError.self) { try await counter.fail() }
        #expect(error?.code == .entityFault)
      }
    }
  }

  @Test(arguments: Ground.allCases) func aDurableCommandIsAnsweredAndRead(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let (node, client) = (pair.node, pair.client)
      let ledger = client.entity(Ledger.self, "x")
      #expect(try await ledger.book(5) == 5)
      #expect(try await ledger.book(-2) == 3)
      await #expect(throws: Ledger.Failure.overdrawn(by: 7)) { try await ledger.book(-10) }
      #expect(try await node.entity(Ledger.self, "x").whole() == Ledger.State(balance: 3, entries: 2))
      await #expect(throws: Ledger.Failure.overdrawn(by: 0)) { try await ledger.bookAndComplain(4) }
      #expect(try await ledger.balance() == 7)
    }
  }

  @Test(arguments: Ground.allCases) func aKeyTakesEffectOnce(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let client = pair.client
      let ledger = client.entity(Ledger.self, "x").once("key-1")
      for _ in 0..<3 { #expect(try await ledger.book(5) == 5) }
      let error = await #expect(throws: CallError.self) { try await ledger.book(6) }
      #expect(error?.code == .keyReused)
      #expect(try await client.entity(Ledger.self, "x").balance() == 5)
    }
  }

  @Test(arguments: Ground.allCases) func theCallerIsKnown(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let (node, client) = (pair.node, pair.client)
      #expect(try await client.entity(Counter.self, "a").whoAsks() == nil)
      #expect(try await client.entity(Counter.self, "a").as("alice").whoAsks() == "alice")
      #expect(try await node.entity(Counter.self, "a").as("bob").whoAsks() == "bob")
    }
  }

  @Test(arguments: Ground.allCases, [1, 2]) func anEntityCallsInItsCallersNameOrInAnother(ground: Ground, loops: Int) async throws {
    try await NodeAndClient.with(ground, loops: loops) { (pair: NodeAndClient) async throws -> Void in
      for other in ["b", "c", "d", "e", "f"] {
        let counter = pair.client.entity(Counter.self, "a").as("alice")
        #expect(try await counter.callersSeen(by: other, as: "bob") == ["alice", "bob", "bob", "alice"])
      }
    }
  }

  @Test(arguments: Ground.allCases) func turnsThatShareATaskKeepTheirCallers(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let cluster = pair.client
      let seen = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
        for number in 0..<2_000 {
          group.addTask { (number, try await cluster.entity(Counter.self, "e\(number % 50)").as("caller \(number)").whoAsksSlowly()) }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      for number in 0..<2_000 { #expect(seen[number] == "caller \(number)") }
    }
  }

  /// On real threads alone: such a task runs on one that is none of the simulation's.
  @Test func aTaskThatATurnLeavesBehindKeepsTheTurnsCaller() async throws {
    try await NodeAndClient.with(.real) { (pair: NodeAndClient) async throws -> Void in
      let counter = pair.client.entity(Counter.self, "a")
      try await counter.as("alice").leaveTaskBehind()
      for _ in 0..<20 { _ = try await counter.as("mallory").whoAsksSlowly() }
      #expect(try await counter.as("mallory").whatItSaw() == "alice")
    }
  }

  @Test(arguments: Ground.allCases) func aQueryInterleavesAndACommandWaits(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let counter = pair.client.entity(Counter.self, "a")
      async let first = counter.addWhenOpen(1)
      async let second = counter.addWhenOpen(10)
      // Another caller: a query never overtakes a waiting call of its own.
      let other = pair.node.entity(Counter.self, "a")
      while try await other.value() == 0 { try await other.open() }
      let totals = try await [first, second].sorted()
      #expect(totals == [1, 11] || totals == [10, 11])
      #expect(try await counter.value() == 11)
    }
  }

  @Test(arguments: Ground.allCases) func aCycleIsFoundAndPrinted(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { (pair: NodeAndClient) async throws -> Void in
      let client = pair.client
      #expect(try await client.entity(Counter.self, "a").addThrough(["b", "c"]) == 1)
      let error = await #expect(throws: CallError.self) { try await client.entity(Counter.self, "a").addThrough(["b", "a"]) }
      #expect(error?.code == .entityFault || error?.code == .callCycle)
      #expect(error?.message.contains("counter/a → counter/b → counter/a") == true)
    }
  }

  @Test(arguments: Ground.allCases) func aDeadlineEndsTheWait(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let client = pair.client
      let counter = client.entity(Counter.self, "a")
      let error = await #expect(throws: CallError.self) { try await counter.within(.milliseconds(100)).addWhenOpen(1) }
      #expect(error?.code == .deadlineExceeded)
      #expect(error?.executed == .maybe)
      try await counter.open()
    }
  }

  @Test(arguments: Ground.allCases) func whoeverWaitsForABusyEntityIsToldWhenItsOwnTimeIsUp(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let counter = pair.node.entity(Counter.self, "a")
      async let running = counter.within(.seconds(60)).addWhenOpen(1)
      async let patient = counter.within(.seconds(60)).addWhenOpen(10)
      // Another caller: a query never overtakes a waiting call of its own.
      let other = pair.client.entity(Counter.self, "a")
      while try await !other.isWaited() {}
      // Behind calls with more time: none of these waits for their end, and none ran.
      for _ in 0..<3 {
        let error = await #expect(throws: CallError.self) { try await counter.within(.milliseconds(100)).addWhenOpen(100) }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.executed == .no)
      }
      while try await other.value() < 11 { try await other.open() }
      #expect(try await [running, patient].max() == 11)
    }
  }

  /// On real threads alone: the tasks that are cancelled run on Swift's own.
  @Test func aCallThatIsTakenBackEndsItsTurn() async throws {
    try await NodeAndClient.with(.real) { (pair: NodeAndClient) async throws -> Void in
      let (counter, other) = (pair.client.entity(Counter.self, "a"), pair.node.entity(Counter.self, "a"))
      // By its caller's cancellation, from a thread of Swift's pool.
      let call = Task { try await counter.linger() }
      while try await !other.lingers() {}
      call.cancel()
      let error = await #expect(throws: CallError.self) { try await call.value }
      #expect(error?.code == .cancelled)
      #expect(error?.executed == .maybe)
      while try await other.timesItWasTakenBack() < 1 {}
      // By its deadline.
      await #expect(throws: CallError.self) { try await counter.within(.milliseconds(100)).linger() }
      while try await other.timesItWasTakenBack() < 2 {}
      // And the next turn of the same kind runs as if nothing had been.
      #expect(try await counter.add(1) == 1)
      #expect(try await counter.whoAsksSlowly() == nil)
    }
  }

  /// On real threads alone: the tasks that are cancelled run on Swift's own.
  @Test func aWaitingCallThatIsTakenBackNeverBegins() async throws {
    try await NodeAndClient.with(.real) { (pair: NodeAndClient) async throws -> Void in
      let (counter, other) = (pair.client.entity(Counter.self, "a"), pair.node.entity(Counter.self, "a"))
      async let running = counter.addWhenOpen(1)
      while try await !other.isWaited() {}
      for _ in 0..<3 {
        let error = await #expect(throws: CallError.self) { try await counter.within(.milliseconds(100)).addWhenOpen(100) }
        #expect(error?.code == .deadlineExceeded)
      }
      let call = Task { try await counter.addWhenOpen(100) }
      call.cancel()
      await #expect(throws: CallError.self) { try await call.value }
      // Over the same link, so behind what takes the call back; `open` goes another way.
      _ = try await counter.isWaited()
      try await other.open()
      #expect(try await running == 1)
      #expect(try await counter.add(0) == 1)
    }
  }

  /// On real threads alone: the tasks that are cancelled run on Swift's own.
  @Test func aCancelledTaskMakesNoCall() async throws {
    try await NodeAndClient.with(.real) { (pair: NodeAndClient) async throws -> Void in
      let counter = pair.client.entity(Counter.self, "a")
      let error = await Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await #expect(throws: CallError.self) { try await counter.add(1) }
      }.value
      #expect(error?.code == .cancelled)
      #expect(error?.executed == .no)
      #expect(try await counter.value() == 0)
    }
  }

  @Test(arguments: Ground.allCases) func callsBetweenLoopsNeverMixTheirBytes(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { (pair: NodeAndClient) async throws -> Void in
      let sizes = [0, 1, 100, 5_000, 100, 4_096, 0, 1_000_000, 3, 100_000, 100]
      let wrong = try await withThrowingTaskGroup(of: [Int].self) { group in
        for number in 0..<64 {
          let name = "relay-\(number)"
          _ = try await pair.client.entity(Counter.self, name).add(number)
          group.addTask {
            try await pair.client.entity(Counter.self, name).within(.seconds(60))
              .echoThrough((0..<7).map { "echo-\(number % 3)-\($0)" }, sizes: sizes)
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(wrong.isEmpty)
    }
  }

  @Test(arguments: Ground.allCases) func badIDsAreRefused(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let client = pair.client
      for id in ["", String(repeating: "x", count: 10_000)] {
        let error = await #expect(throws: CallError.self) { try await client.entity(Counter.self, id).value() }
        #expect(error?.code == .idInvalid)
      }
    }
  }

  @Test(arguments: Ground.allCases) func aDeletedEntityBeginsAnew(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let client = pair.client
      let ledger = client.entity(Ledger.self, "x")
      #expect(try await ledger.book(5) == 5)
      try await ledger.delete()
      #expect(try await ledger.balance() == 0)
      #expect(try await ledger.book(1) == 1)
    }
  }
}
