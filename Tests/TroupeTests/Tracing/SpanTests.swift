// What a tracer hears: each call and each turn that is sampled, in the right place, with its end.
import Testing
import Troupe
import TroupeTesting

@Suite struct SpanTests {
  static let context = TracePropagationTests.context

  @Test(arguments: Ground.allCases, [1, 2]) func aCallAndItsTurnStandOneBelowTheOther(ground: Ground, loops: Int) async throws {
    let recorder = SpanRecorder()
    try await NodeAndClient.with(ground, loops: loops, tracer: recorder) { (pair: NodeAndClient) async throws -> Void in
      for (cluster, caller) in [(pair.client, pair.clientName), (pair.node, "n1")] {
        recorder.forget()
        let seen = try await cluster.entity(Relay.self, "a").traced(by: Self.context).seenAlong(["b", "c"])
        let spans = recorder.line(below: Self.context)
        #expect(recorder.all.count == 6 && spans.count == 6, "\(recorder.all)")
        #expect(spans.map(\.role) == [.client, .server, .client, .server, .client, .server])
        #expect(spans.map(\.process) == [caller, "n1", "n1", "n1", "n1", "n1"])
        #expect(spans.map { $0["troupe.peer"] } == ["n1", caller, "n1", "n1", "n1", "n1"])
        #expect(Set(spans.map(\.context.span)).count == 6)
        // What an entity reads is its own turn's place.
        #expect(seen == spans.filter { $0.role == .server }.map(\.context.traceparent))
        for span in spans {
          #expect(span.name == "relay.seenAlong" && span.outcome == "value" && span.executed == "yes" && span.error == nil)
          #expect(span["rpc.service"] == "relay" && span["rpc.method"] == "seenAlong" && span["rpc.system"] == "troupe")
          #expect(span.context.traceID == Self.context.traceID && span.context.isSampled)
          #expect(span.role == .server || span["troupe.retries"] == "0")
        }
        for (outer, inner) in zip(spans, spans.dropFirst()) { #expect(outer.began <= inner.began && inner.ended <= outer.ended) }
        #expect(Set(spans.map { $0["troupe.entity"] }).count == 3)
      }
    }
  }

  @Test(arguments: Ground.allCases) func whatNobodySamplesIsNotHeard(ground: Ground) async throws {
    let recorder = SpanRecorder()
    try await NodeAndClient.with(ground, tracer: recorder) { (pair: NodeAndClient) async throws -> Void in
      let other = TracePropagationTests.other
      for cluster in [pair.client, pair.node] {
        let relay = cluster.entity(Relay.self, "a")
        #expect(try await relay.seenAlong(["b"]) == [nil, nil])
        // It travels as it is.
        #expect(try await relay.traced(by: other).seenAlong(["b"]) == [other.traceparent, other.traceparent])
      }
      #expect(recorder.all.isEmpty)
    }
  }

  @Test(arguments: Ground.allCases) func howACallEnded(ground: Ground) async throws {
    let recorder = SpanRecorder()
    try await NodeAndClient.with(ground, tracer: recorder) { (pair: NodeAndClient) async throws -> Void in
      let counter = pair.client.entity(Counter.self, "a").traced(by: Self.context)
      await #expect(throws: Counter.Failure.tooLarge(2_000)) { try await counter.add(2_000) }
      await #expect(throws: CallError.self) { try await counter.fail() }
      await #expect(throws: CallError.self) { try await counter.within(.milliseconds(50)).addWhenOpen(1) }
      try await pair.client.entity(Counter.self, "a").open()
      try await pair.client.entity(Ledger.self, "l").traced(by: Self.context).delete()
      let ends = recorder.all.filter { $0.role == .client }.map { [$0.name, $0.outcome, $0.executed, $0.error == nil ? "well" : "badly"] }
      #expect(
        ends == [
          ["counter.add", "failure", "yes", "well"], ["counter.fail", "entityFault", "maybe", "badly"],
          ["counter.addWhenOpen", "deadlineExceeded", "maybe", "badly"], ["ledger.delete", "value", "yes", "well"],
        ])
      let turns = recorder.all.filter { $0.role == .server }.map { [$0.name, $0.outcome, $0.executed] }
      #expect(turns.prefix(2) == [["counter.add", "failure", "yes"], ["counter.fail", "fault", "maybe"]])
      #expect(turns.contains(["ledger.delete", "value", "yes"]))
    }
  }

  /// The span of a turn begins when its call arrives, and says how long it waited for its entity.
  @Test func aTurnThatWaitedSaysSo() throws {
    let recorder = SpanRecorder()
    let scene = try CallScene(tracer: recorder)
    let node = try #require(scene.cluster.nodes["n1"]).cluster
    try scene.cluster.run { (shop: Cluster) async throws -> Void in
      let counter = shop.entity(Counter.self, "a")
      async let first = counter.addWhenOpen(1)
      while !(try await counter.isWaited()) {}
      async let second = counter.traced(by: Self.context).add(1)
      for _ in 0..<20 { _ = try await shop.entity(Counter.self, "other").value() }
      // By another caller: nobody overtakes his own call that waits.
      try await node.entity(Counter.self, "a").open()
      #expect(try await [first, second] == [1, 2])
    }
    let turn = try #require(recorder.line(below: Self.context).last)
    #expect(turn.role == .server && Int(turn["troupe.waited_us"] ?? "") ?? 0 > 1_000)
  }

  @Test(arguments: 1...4) func aRetryBelongsToItsCall(seed: UInt64) throws {
    let recorder = SpanRecorder()
    let scene = try CallScene(seed: seed, tracer: recorder)
    let network = scene.network
    network.latency = .init(shortest: .milliseconds(25), longest: .milliseconds(35))
    // The call has arrived, and its answer is on the way.
    scene.cluster.world.schedule(after: .milliseconds(45)) { network.reset("client", "n1.1") }
    #expect(try scene.cluster.run { try await $0.entity(Ledger.self, "l1").traced(by: Self.context).book(3) } == 3)
    let calls = recorder.children(of: Self.context)
    let call = try #require(calls.first)
    #expect(calls.count == 1 && call.role == .client && call["troupe.retries"] == "1" && call.outcome == "value")
    let turns = recorder.children(of: call.context)
    #expect(turns.count == 2 && turns.allSatisfy { $0.role == .server && $0.name == "ledger.book" && $0.outcome == "value" })
  }

  @Test(arguments: 1...4) func bothTriesOfAHedgeBelongToTheirCall(seed: UInt64) throws {
    let recorder = SpanRecorder()
    let scene = try CallScene(seed: seed, tracer: recorder)
    scene.network.stick("client", "n1.1")
    _ = try scene.cluster.run {
      try await $0.entity(Ledger.self, "l1").within(.seconds(2)).hedged(after: .milliseconds(50)).traced(by: Self.context).balance()
    }
    scene.network.unstick("client", "n1.1")
    scene.cluster.advance(by: .milliseconds(500))
    let call = try #require(recorder.children(of: Self.context).first)
    #expect(call["troupe.hedges"] == "1" && call["troupe.retries"] == "0" && call.outcome == "value")
    #expect(recorder.children(of: call.context).map(\.name) == ["ledger.balance", "ledger.balance"])
  }

  @Test func whoIsNotReachedWasNotCalled() throws {
    let recorder = SpanRecorder()
    let scene = try CallScene(tracer: recorder)
    scene.network.cut("client", "n1.1")
    let ending = try scene.cluster.run { shop in
      await CallScene.ending {
        _ = try await shop.entity(Ledger.self, "l1").within(.seconds(8)).traced(by: Self.context).balance()
      }
    }
    let call = try #require(recorder.children(of: Self.context).first)
    let error = try #require(ending.error)
    #expect(call.outcome == error.code.rawValue && call.executed == error.executed.rawValue && call.error == error.message)
    #expect(call["troupe.peer"] == "n1")
    #expect(recorder.children(of: call.context).isEmpty)
  }

  /// The ids are the loop's, and so are the times.
  @Test func aSimulationRepeatsItsSpans() throws {
    func spans(_ seed: UInt64) throws -> [SpanRecorder.Heard] {
      let recorder = SpanRecorder()
      let cluster = try SimulatedCluster(nodes: 2, seed: seed, tracer: recorder) { $0.register(Relay.self) }
      cluster.advance(by: .seconds(2))
      for name in ["a", "b", "c"] {
        _ = try cluster.run { try await $0.entity(Relay.self, name).traced(by: Self.context).seenAlong(["d", "e", "f"]) }
      }
      return recorder.all
    }
    let first = try spans(7)
    #expect(first.count == 24)
    #expect(try spans(7) == first)
    #expect(try spans(8) != first)
  }

  @Test(arguments: Ground.allCases) func aTracerMayHaveIdsAndAPlaceOfItsOwn(ground: Ground) async throws {
    let recorder = SpanRecorder(outside: Self.context, ownIDsFrom: 100)
    try await NodeAndClient.with(ground, tracer: recorder) { (pair: NodeAndClient) async throws -> Void in
      for cluster in [pair.client, pair.node] {
        recorder.forget()
        // In a turn nobody is outside.
        let seen = try await cluster.entity(Relay.self, "a").seenAlong(["b"])
        let spans = recorder.line(below: Self.context)
        #expect(spans.map(\.role) == [.client, .server, .client, .server])
        #expect(spans.allSatisfy { (100..<200).contains($0.context.span) })
        #expect(seen == [spans[1], spans[3]].map(\.context.traceparent))
      }
    }
  }
}
