// Who hears of traced calls. The library brings no tracing package with it: `TroupeTracing` adapts swift-distributed-tracing.

/// Hears of each sampled call that a process makes, and of each turn that a sampled call starts. Of calls that nobody samples it is
/// told nothing, and they cost no more than without a tracer.
///
/// Given by `NodeConfiguration.tracer` and `Client.connect`. It is called on the loops of its process, between turns: it must not wait,
/// and what takes time belongs to another thread.
public protocol CallTracer: Sendable {
  /// Where code stands that runs in no turn and calls an entity without saying so by `traced(by:)`. Nil, the default: in no trace.
  func currentTrace() -> TraceContext?

  /// A span begins. Its ids are made already; a tracer with ids of its own changes `context`, and may leave itself a keepsake.
  func began(_ span: inout TraceSpan)

  /// It has ended. Not every span does: one whose process stops has no end.
  func ended(_ span: TraceSpan, _ end: TraceSpan.End)
}

extension CallTracer {
  public func currentTrace() -> TraceContext? { nil }
  public func began(_ span: inout TraceSpan) {}
}
