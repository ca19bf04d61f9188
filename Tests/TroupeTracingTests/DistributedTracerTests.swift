// Troupe's calls in somebody else's tracer: real spans, with their parents, across processes.
import Testing
import Tracing
import Troupe
import TroupeTesting
import TroupeTracing

@Suite struct DistributedTracerTests {
  private static func cluster(_ tracer: BookTracer, nodes: Int = 2) throws -> SimulatedCluster {
    let cluster = try SimulatedCluster(nodes: nodes, tracer: DistributedTracer(tracer)) { registry in
      registry.register(Waiter.self) { Waiter(context: $0, tracer: tracer) }
    }
    cluster.advance(by: .seconds(3))
    return cluster
  }

  @Test func aCallIsAPartOfWhateverItsCallerDoes() throws {
    let tracer = BookTracer()
    let cluster = try Self.cluster(tracer)
    let orders = try cluster.run { (shop: Cluster) async throws -> Int in
      let dinner = tracer.startSpan("dinner", context: ServiceContext.topLevel)
      defer { dinner.end() }
      return try await ServiceContext.withValue(dinner.context) {
        try await shop.entity(Waiter.self, "a").orders(of: ["b", "c"])
      }
    }
    #expect(orders == 3)
    let dinner = try #require(tracer.entry("dinner", .internal, below: nil))
    var place = dinner.place
    for _ in 0..<3 {
      let call = try #require(tracer.entry("waiter.orders", .client, below: place), "\(tracer.entries)")
      let turn = try #require(tracer.entry("waiter.orders", .server, below: call.place), "\(tracer.entries)")
      #expect(tracer.entry("think", .internal, below: turn.place) != nil)
      #expect(call.began <= turn.began && turn.ended <= call.ended && !call.isError)
      #expect(call.attributes.get("rpc.method") == .string("orders") && call.attributes.get("troupe.outcome") == .string("value"))
      #expect(call.attributes.get("troupe.retries") == .int64(0))
      place = turn.place
    }
    #expect(tracer.entries.count == 10 && Set(tracer.entries.map(\.place.traceID)).count == 1)
  }

  @Test func whatWentWrongIsAnErrorAndARefusalIsNone() throws {
    let tracer = BookTracer()
    let cluster = try Self.cluster(tracer, nodes: 1)
    let place = TraceContext(traceHigh: 1, traceLow: 2, span: 3, flags: TraceContext.sampled)
    try cluster.run { (shop: Cluster) async throws -> Void in
      let waiter = shop.entity(Waiter.self, "a").traced(by: place)
      await #expect(throws: Waiter.Failure.closed) { try await waiter.close() }
      await #expect(throws: CallError.self) { try await waiter.stumble() }
    }
    #expect(tracer.entry("waiter.close", .client, below: place)?.isError == false)
    let call = try #require(tracer.entry("waiter.stumble", .client, below: place))
    #expect(call.isError && tracer.entry("waiter.stumble", .server, below: call.place)?.isError == true)
  }

  @Test func outsideOfEveryTraceNothingIsTraced() throws {
    let tracer = BookTracer()
    let cluster = try Self.cluster(tracer, nodes: 1)
    _ = try cluster.run { try await $0.entity(Waiter.self, "a").orders(of: ["b"]) }
    #expect(tracer.entries.map(\.name) == ["think", "think"])
    #expect(tracer.entries.allSatisfy { $0.parent == nil })
  }

  /// Without any tracer at hand nothing is made, and what came in goes on.
  @Test func theTracerThatDoesNothingLetsTheTracePass() throws {
    let cluster = try SimulatedCluster(tracer: DistributedTracer(NoOpTracer())) { registry in
      registry.register(Waiter.self) { Waiter(context: $0, tracer: BookTracer()) }
    }
    let place = TraceContext(traceHigh: 1, traceLow: 2, span: 3, flags: TraceContext.sampled)
    #expect(try cluster.run { try await $0.entity(Waiter.self, "a").traced(by: place).orders(of: []) } == 1)
  }
}
