// An entity that says where it stands in a trace, and calls others of its kind: for the runtime's own tests.
import Troupe

@Entity("relay")
actor Relay {
  @Query func seen() -> String? { context.trace?.traceparent }
  /// The same once the turn has been suspended and resumed.
  @Query func seenSlowly() async -> String? {
    await Task.yield()
    return context.trace?.traceparent
  }
  /// What this one sees, and each of the others on the path, every one called by the one before it.
  @Command func seenAlong(_ path: [String]) async throws -> [String?] {
    let own = context.trace?.traceparent
    guard let next = path.first else { return [own] }
    return [own] + (try await context.entity(Relay.self, next).seenAlong(Array(path.dropFirst())))
  }
  /// What another one sees that is called in a trace of its own.
  @Query func seenElsewhere(by other: String, in trace: String) async throws -> String? {
    try await context.entity(Relay.self, other).traced(by: TraceContext(traceparent: trace)).seen()
  }
}
