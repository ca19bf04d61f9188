// A tracer of somebody else's, as small as one can be that speaks `traceparent`: it keeps its spans in memory.
import Synchronization
import Tracing
import Troupe

final class BookTracer: Tracer {
  struct Entry: Sendable {
    let name: String
    let kind: SpanKind
    let parent: TraceContext?
    let place: TraceContext
    let began: UInt64
    let ended: UInt64
    let isError: Bool
    let attributes: SpanAttributes
  }

  private enum Place: ServiceContextKey { typealias Value = TraceContext }
  fileprivate struct Book { var next: UInt64 = 1, entries: [Entry] = [] }
  fileprivate let book = Mutex(Book())

  var entries: [Entry] { book.withLock { $0.entries } }

  func entry(_ name: String, _ kind: SpanKind, below parent: TraceContext?) -> Entry? {
    entries.first { $0.name == name && $0.kind == kind && $0.parent == parent }
  }

  static func place(of context: ServiceContext) -> TraceContext? { context[Place.self] }

  func startSpan<Instant: TracerInstant>(
    _ name: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
    function: String, file: String, line: UInt
  ) -> BookSpan {
    var context = context()
    let parent = context[Place.self]
    let id = book.withLock { book in
      defer { book.next += 1 }
      return book.next
    }
    let place = parent?.with(span: id) ?? TraceContext(traceHigh: 0xb00c, traceLow: id, span: id, flags: TraceContext.sampled)
    context[Place.self] = place
    return BookSpan(self, name, kind, parent, context, instant().nanosecondsSinceEpoch)
  }

  func forceFlush() {}

  func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
  where Extract.Carrier == Carrier {
    context[Place.self] = extractor.extract(key: "traceparent", from: carrier).flatMap { TraceContext(traceparent: $0) }
  }

  func inject<Carrier, Inject: Injector>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
  where Inject.Carrier == Carrier {
    if let place = context[Place.self] { injector.inject(place.traceparent, forKey: "traceparent", into: &carrier) }
  }
}

final class BookSpan: Tracing.Span {
  private struct State {
    var name: String
    var attributes = SpanAttributes([:])
    var isError = false
  }

  let context: ServiceContext
  private let tracer: BookTracer
  private let kind: SpanKind
  private let parent: TraceContext?
  private let began: UInt64
  private let state: Mutex<State>

  init(_ tracer: BookTracer, _ name: String, _ kind: SpanKind, _ parent: TraceContext?, _ context: ServiceContext, _ began: UInt64) {
    self.tracer = tracer
    self.kind = kind
    self.parent = parent
    self.context = context
    self.began = began
    state = Mutex(State(name: name))
  }

  var isRecording: Bool { true }
  var operationName: String {
    get { state.withLock { $0.name } }
    set { state.withLock { $0.name = newValue } }
  }
  var attributes: SpanAttributes {
    get { state.withLock { $0.attributes } }
    set { state.withLock { $0.attributes = newValue } }
  }

  func setStatus(_ status: SpanStatus) { state.withLock { $0.isError = status.code == .error } }
  func addEvent(_ event: SpanEvent) {}
  func addLink(_ link: SpanLink) {}
  func recordError<Instant: TracerInstant>(_ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant) {}

  func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    let state = state.withLock { $0 }
    guard let place = BookTracer.place(of: context) else { return }
    let entry = BookTracer.Entry(
      name: state.name, kind: kind, parent: parent, place: place, began: began, ended: instant().nanosecondsSinceEpoch,
      isError: state.isError, attributes: state.attributes)
    tracer.book.withLock { $0.entries.append(entry) }
  }
}
