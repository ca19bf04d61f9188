// A breaker over real sockets: it opens, holds calls back, and closes behind a probe.
import Testing
import Troupe

@Suite struct BreakerTests {
  @Test(.timeLimit(.minutes(1))) func itOpensAndCloses() async throws {
    let pair = try await NodeAndClient.start()
    let (node, client) = (pair.node, pair.client)
    func hang() async throws -> CallError? {
      await #expect(throws: CallError.self) { try await client.entity(Counter.self, "a").within(.milliseconds(100)).addWhenOpen(1) }
    }
    var refusal: CallError?
    var failures: UInt64 = 0
    while refusal?.code != .breakerOpen {
      refusal = try await hang()
      if refusal?.code == .deadlineExceeded { failures += 1 }
    }
    #expect(refusal?.executed == .no && refusal?.message.contains("the breaker for counter on n1 is open") == true)
    var report = await client.callReport()
    #expect(report.openBreakers.map(\.kind) == ["counter"] && report.openBreakers.map(\.peer) == ["n1"])
    // Five failures open it. Where this task was away for longer than it stayed open, its next call was a probe, and that opened it again.
    let openings = report.counts.breakerOpenings
    #expect(failures >= 5 && (1...failures - 4).contains(openings), "\(openings) openings after \(failures) failures")
    #expect(report.counts.breakerRefusals > 0)
    // Others are not concerned: another kind, and whoever calls from elsewhere.
    #expect(try await client.entity(Ledger.self, "x").within(.milliseconds(100)).book(1) == 1)
    try await node.entity(Counter.self, "a").open()
    // A call with time waits for the probe, which this one may be.
    #expect(try await client.entity(Counter.self, "a").add(0) > 0)
    report = await client.callReport()
    #expect(report.openBreakers.isEmpty && report.breakers.map(\.openings) == [openings])
    await pair.stop()
  }

  @Test(.timeLimit(.minutes(1))) func withBreakersOffEveryCallWaits() async throws {
    var calls = CallPolicy()
    calls.breakers = nil
    let pair = try await NodeAndClient.start(calls: calls)
    let client = pair.client
    for _ in 0..<12 {
      let error = await #expect(throws: CallError.self) {
        try await client.entity(Counter.self, "a").within(.milliseconds(100)).addWhenOpen(1)
      }
      #expect(error?.code == .deadlineExceeded)
    }
    #expect(await client.callReport().breakers.isEmpty)
    try await pair.node.entity(Counter.self, "a").open()
    await pair.stop()
  }

  @Test(.timeLimit(.minutes(1))) func aDeadNodeIsCutOff() async throws {
    let pair = try await NodeAndClient.start()
    let client = pair.client
    #expect(try await client.entity(Ledger.self, "x").book(1) == 1)
    pair.ends.node.crash()
    var error: CallError?
    while error?.code != .breakerOpen {
      error = await #expect(throws: CallError.self) { try await client.entity(Ledger.self, "x").within(.seconds(1)).balance() }
    }
    #expect(error?.executed == .no && error?.retryAfter != nil)
    #expect(await client.callReport().openBreakers.contains { $0.peer == "n1" && $0.kind == nil })
    await pair.ends.client.close()
  }

  @Test func settingsThatCannotBeAreRefused() async {
    var calls = CallPolicy()
    calls.breakers?.consecutive = 0
    await #expect(throws: StartError.self) {
      _ = try await Client.connect(to: [SocketAddress("127.0.0.1:1")!], cluster: "test", name: "c1", tls: nil, calls: calls)
    }
    await #expect(throws: StartError.self) {
      _ = try await Node.start(.init(cluster: "test", id: "n1", calls: calls), store: MemoryStore()) { $0.register(Counter.self) }
    }
  }
}
