// A tracer that remembers, for the gateway's own tests.

import Synchronization
import Troupe

final class SpanList: CallTracer {
  private let ended = Mutex<[(span: TraceSpan, end: TraceSpan.End)]>([])

  func ended(_ span: TraceSpan, _ end: TraceSpan.End) { ended.withLock { $0.append((span, end)) } }

  var all: [(span: TraceSpan, end: TraceSpan.End)] { ended.withLock { $0 } }
}

extension TraceSpan.End {
  func number(_ name: String) -> Int64? {
    for case .number(let number) in attributes.filter({ $0.name == name }).map(\.value) { return number }
    return nil
  }
}
