// What a call keeps that is a part of a trace, and the reply that ends a turn's span.

/// A call that is a part of a trace, through all its tries.
@usableFromInline final class CallTrace: @unchecked Sendable {
  // Sound because only the loop of the call's stage reads and writes what changes.
  let context: TraceContext
  /// Nil when nobody samples it.
  let span: TraceSpan?
  private(set) var retries = 0
  private(set) var hedges = 0
  /// Whom the last try went to.
  private(set) var peer: String

  init(_ context: TraceContext, _ span: TraceSpan? = nil, peer: String = "") {
    self.context = context
    self.span = span
    self.peer = peer
  }

  func sent(_ attempt: Attempt, to peer: String) {
    self.peer = peer
    switch attempt {
    case .first: break
    case .retry, .orphan: retries += 1
    case .hedge: hedges += 1
    }
  }
}

/// The reply to a sampled call: it ends the turn's span on its way to whoever waits.
final class TracedReply {
  let inner: ReplySink
  private let span: TraceSpan
  private let tracer: StageTracer
  private var turnBegan: Instant?

  init(_ span: TraceSpan, _ inner: ReplySink, _ tracer: StageTracer) {
    self.span = span
    self.inner = inner
    self.tracer = tracer
  }

  func turnBegins() { turnBegan = tracer.now }

  func ends(_ status: ReplyStatus) {
    // Without a turn nothing ran, whatever the status means elsewhere.
    tracer.end(span, status, turnBegan == nil ? .no : status.executed, waited: (turnBegan ?? tracer.now) - span.began)
  }
}

extension ReplyStatus {
  /// Whether the method ran, as docs/calls.md has it.
  var executed: CallError.Executed {
    switch self {
    case .value, .failure, .replyTooLarge: .yes
    case .fault, .unknown, .connectionLost, .timedOut, .abandoned: .maybe
    default: .no
    }
  }
}
