// An entity that calls others and makes a span of its own, for the tests of the adapter.
import Tracing
import Troupe

@Entity("waiter")
actor Waiter {
  @Wire enum Failure: Error, Equatable { case closed }

  private let tracer: BookTracer

  init(context: EntityContext, tracer: BookTracer) {
    self.context = context
    self.tracer = tracer
  }

  @Query func orders(of others: [String]) async throws -> Int {
    let span = tracer.startSpan("think", context: context.serviceContext(for: tracer))
    span.end()
    guard let next = others.first else { return 1 }
    return try await context.entity(Waiter.self, next).orders(of: Array(others.dropFirst())) + 1
  }
  @Command func close() throws { throw Failure.closed }
  @Command func stumble() throws { throw Stumbled() }

  struct Stumbled: Error {}
}
