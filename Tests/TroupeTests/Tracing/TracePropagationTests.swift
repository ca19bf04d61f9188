// A call's place in a trace reaches the turn that it starts, and all that the turn calls: without anybody who listens.
import Testing
import Troupe
import TroupeTesting

@Suite struct TracePropagationTests {
  static let context = TraceContext(traceHigh: 0xa1, traceLow: 0xb2, span: 0xc3, flags: 1)
  static let other = TraceContext(traceHigh: 0xd4, traceLow: 0xe5, span: 0xf6, flags: 0)

  @Test(arguments: Ground.allCases, [1, 2]) func itReachesEveryTurnOnTheWay(ground: Ground, loops: Int) async throws {
    try await NodeAndClient.with(ground, loops: loops) { (pair: NodeAndClient) async throws -> Void in
      // Of the client, from afar; of the node's own code, from no loop, from the entity's loop and from another one.
      for cluster in [pair.client, pair.node] {
        for name in ["a", "b", "c", "d"] {
          let relay = cluster.entity(Relay.self, name).traced(by: Self.context)
          let text = Self.context.traceparent
          #expect(try await relay.seen() == text)
          #expect(try await relay.seenSlowly() == text)
          #expect(try await relay.seenAlong(["e", "f", "g", "h"]) == Array(repeating: text, count: 5))
          #expect(try await relay.seenElsewhere(by: "i", in: Self.other.traceparent) == Self.other.traceparent)
        }
      }
    }
  }

  @Test(arguments: Ground.allCases) func whoSaysNothingIsInNoTrace(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      let relay = pair.client.entity(Relay.self, "a")
      #expect(try await relay.traced(by: Self.context).seenSlowly() != nil)
      // The same kept task runs this turn; what the last one was a part of is gone.
      #expect(try await relay.seenSlowly() == nil)
      #expect(try await relay.seen() == nil)
      #expect(try await relay.seenAlong(["b", "c"]) == [nil, nil, nil])
      #expect(try await relay.traced(by: nil).seen() == nil)
      let nameless = TraceContext(traceHigh: 0, traceLow: 0, span: 1, flags: 1)
      #expect(try await relay.traced(by: nameless).seen() == nil)
    }
  }

  @Test(arguments: Ground.allCases) func theDoorForBytesCarriesItToo(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { (pair: NodeAndClient) async throws -> Void in
      var options = CallOptions(idempotencyKey: "k", identity: "bob")
      options.trace = Self.context
      #expect(options.idempotencyKey == "k" && options.identity == "bob")
      options.hedgeAfter = .seconds(1)
      #expect(options.trace == Self.context)
      let reply = try await pair.client.call(
        kind: "relay", id: "a", method: methodID(kind: "relay", name: "seen"), isQuery: true, arguments: [], options: options)
      #expect(reply == .value(String?.some(Self.context.traceparent).wireBytes))
    }
  }
}
