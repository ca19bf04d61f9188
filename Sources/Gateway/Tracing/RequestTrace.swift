// Where a request belongs: the id under which its answer can be quoted, and what the calls made for it are told.

import HTTPTypes
import Troupe

struct RequestTrace: Sendable {
  /// The request's own place; its trace id ties an answer to the logs behind it, whether anybody traces or not.
  let context: TraceContext
  /// Whether calls carry it: a client began the trace, or this gateway begins traces.
  let isCarried: Bool
  /// The client's; nil where the trace begins here.
  let parent: TraceContext?

  var id: String { context.traceID }
  var carried: TraceContext? { isCarried ? context : nil }

  /// One of its own that nobody is told of.
  init() { self.init(beginning: 0) }

  /// A trace that begins here: sampled as often as `ratio` says.
  init(beginning ratio: Double) {
    let isSampled = ratio > 0 && Double.random(in: 0..<1) < ratio
    context = TraceContext(
      traceHigh: .random(in: 1...UInt64.max), traceLow: .random(in: 0...UInt64.max), span: .random(in: 1...UInt64.max),
      flags: TraceContext.random | (isSampled ? TraceContext.sampled : 0))
    isCarried = ratio > 0
    parent = nil
  }

  /// Goes on with the client's trace where its header is good, and begins one where it is not.
  init(_ headers: HTTPFields, beginning ratio: Double) {
    let values = headers[values: .traceparent]
    guard values.count == 1, let client = TraceContext(traceparent: values[0]) else {
      self.init(beginning: ratio)
      return
    }
    self.init(client, below: client)
  }

  private init(_ context: TraceContext, below parent: TraceContext?) {
    self.context = context
    self.parent = parent
    isCarried = true
  }

  /// The same in a span of the gateway's own.
  func within(_ span: TraceContext) -> RequestTrace { RequestTrace(span, below: parent) }
}

extension CallOptions {
  /// The same, told where it belongs if anybody is to know.
  func traced(by trace: RequestTrace) -> CallOptions {
    guard let carried = trace.carried else { return self }
    var options = self
    options.trace = carried
    return options
  }
}

extension HTTPField.Name {
  static let traceID = Self("trace-id")!
  static let idempotencyKey = Self("idempotency-key")!
}
