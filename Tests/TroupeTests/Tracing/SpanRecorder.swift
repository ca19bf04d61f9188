// A tracer that remembers, and what tests ask of what it has heard.
import Synchronization
import Troupe

final class SpanRecorder: CallTracer {
  struct Heard: Hashable, Sendable {
    let role: TraceSpan.Role
    let name: String
    let process: String
    let parent: TraceContext?
    let context: TraceContext
    let began: Instant
    let ended: Instant
    let error: String?
    let attributes: [String: TraceSpan.Attribute.Value]

    subscript(_ name: String) -> String? {
      switch attributes[name] {
      case .text(let text)?: text
      case .number(let number)?: "\(number)"
      case nil: nil
      }
    }
    var outcome: String? { self["troupe.outcome"] }
    var executed: String? { self["troupe.executed"] }
  }

  private let heard = Mutex<[Heard]>([])
  /// What code outside of turns is a part of.
  private let outside: TraceContext?
  /// Begins spans with ids of its own, as tracers of others do.
  private let ownIDs: Mutex<UInt64?>

  init(outside: TraceContext? = nil, ownIDsFrom first: UInt64? = nil) {
    self.outside = outside
    ownIDs = Mutex(first)
  }

  func currentTrace() -> TraceContext? { outside }

  func began(_ span: inout TraceSpan) {
    span.keepsake = span.name
    let id: UInt64? = ownIDs.withLock { next in
      defer { next = next.map { $0 + 1 } }
      return next
    }
    if let id { span.context = span.context.with(span: id) }
  }

  func ended(_ span: TraceSpan, _ end: TraceSpan.End) {
    precondition(span.keepsake as? String == span.name, "a span came back without its keepsake")
    let attributes = (span.attributes + end.attributes).map { ($0.name, $0.value) }
    heard.withLock {
      $0.append(
        Heard(
          role: span.role, name: span.name, process: span.process, parent: span.parent, context: span.context, began: span.began,
          ended: end.at, error: end.error, attributes: Dictionary(attributes) { $1 }))
    }
  }

  var all: [Heard] { heard.withLock { $0 } }

  func forget() { heard.withLock { $0 = [] } }

  func children(of context: TraceContext) -> [Heard] { all.filter { $0.parent == context } }

  /// The spans below `context`, one after the other, while each has one below it.
  func line(below context: TraceContext) -> [Heard] {
    let children = children(of: context)
    guard children.count == 1 else { return [] }
    return children + line(below: children[0].context)
  }
}
