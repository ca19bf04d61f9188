// Troupe's calls and turns as spans of swift-distributed-tracing. Not in Troupe itself, which brings no package for it.
public import Tracing
public import Troupe

/// Makes a span of whatever tracer the process has of each sampled call and turn.
///
/// ```swift
/// InstrumentationSystem.bootstrap(tracer)      // any that speaks W3C Trace Context
/// configuration.tracer = DistributedTracer()   // of a node; `Client.connect(…, tracer:)` for a client
/// ```
/// The tracer decides the ids; they travel in Troupe's frames, and its spans have parents in other processes that way. What travels is
/// what it injects as `traceparent` and takes from there: baggage stays in its process. With a tracer that does not speak
/// `traceparent`, spans have no parents in other processes. A call outside of every turn is a part of `ServiceContext.current`.
///
/// It is called on event loops: `startSpan` and `end` must hand on what takes time, as those that export in batches do.
public struct DistributedTracer: CallTracer {
  private let given: (any Tracer)?

  /// - Parameter tracer: nil takes `InstrumentationSystem.tracer`, each time anew.
  public init(_ tracer: (any Tracer)? = nil) { given = tracer }

  private var tracer: any Tracer { given ?? InstrumentationSystem.tracer }

  public func currentTrace() -> TraceContext? {
    ServiceContext.current.flatMap { TraceContext($0, of: tracer) }
  }

  public func began(_ span: inout TraceSpan) {
    let tracer = tracer
    let context = span.parent.map { ServiceContext(around: $0, for: tracer) } ?? .topLevel
    let own = tracer.startSpan(
      span.name, context: context, ofKind: span.role == .client ? .client : .server, at: Self.time(span.unixNanoseconds))
    Self.add(span.attributes, to: own)
    span.keepsake = own
    if let place = TraceContext(own.context, of: tracer) { span.context = place }
  }

  public func ended(_ span: TraceSpan, _ end: TraceSpan.End) {
    guard let own = span.keepsake as? any Tracing.Span else { return }
    if own.operationName != span.name { own.operationName = span.name }
    Self.add(end.attributes, to: own)
    if let error = end.error { own.setStatus(SpanStatus(code: .error, message: error)) }
    own.end(at: Self.time(span.unixNanoseconds(at: end.at)))
  }

  private static func time(_ nanoseconds: UInt64) -> DefaultTracerClock.Timestamp {
    DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: nanoseconds)
  }

  private static func add(_ attributes: [TraceSpan.Attribute], to span: any Tracing.Span) {
    span.updateAttributes { all in
      for attribute in attributes {
        switch attribute.value {
        case .text(let text): all.set(attribute.name, value: .string(text))
        case .number(let number): all.set(attribute.name, value: .int64(number))
        }
      }
    }
  }
}

extension EntityContext {
  /// The running turn's place in its trace, for spans of an entity's own; outside of every trace an empty one.
  ///
  /// ```swift
  /// try await withSpan("ask for the price", context: context.serviceContext()) { _ in … }
  /// ```
  public func serviceContext(for tracer: any Tracer = InstrumentationSystem.tracer) -> ServiceContext {
    trace.map { ServiceContext(around: $0, for: tracer) } ?? .topLevel
  }
}
