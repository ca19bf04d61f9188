// A stage's side of its process's tracer: spans are made here, for calls that somebody samples and for no others.

/// How a call's method is called, for people: found out when somebody wants to know.
@usableFromInline enum CalledName: Sendable {
  case of(any Entity.Type)
  /// What a door knows that has seen a contract and no type.
  case named(kind: String, method: String?)
}

/// Lives on its stage's loop.
final class StageTracer {
  /// Names that it remembers: more than any cluster has methods.
  private static let keptNames = 4_096

  let tracer: any CallTracer
  private let process: String
  private let loop: any EventLoop
  private var names: [UInt64: String] = [:]

  init(_ tracer: any CallTracer, process: String, _ loop: any EventLoop) {
    self.tracer = tracer
    self.process = process
    self.loop = loop
  }

  // MARK: Calls

  /// What goes along with a call of this process: a span of its own when it is sampled.
  func begin(_ target: borrowing RefTarget, _ method: UInt64, _ name: CalledName, in parent: TraceContext) -> CallTrace {
    guard parent.isSampled else { return CallTrace(parent) }
    let (kind, method) = parts(of: method, target.kind, name)
    let span = span(.client, kind, method, target.hash, [], in: parent)
    return CallTrace(span.context, span, peer: process)
  }

  func end(_ trace: CallTrace, _ outcome: String, _ executed: CallError.Executed, error: String? = nil) {
    guard let span = trace.span else { return }
    var attributes: [TraceSpan.Attribute] = [
      .outcome(outcome), .executed(executed), .peer(trace.peer), .retries(trace.retries),
    ]
    if trace.hedges > 0 { attributes.append(.hedges(trace.hedges)) }
    tracer.ended(span, TraceSpan.End(at: loop.freshNow(), error: error, attributes: attributes))
  }

  // MARK: Streams

  /// Nil when nobody samples it.
  func beginStream(_ target: borrowing RefTarget, _ method: UInt64, _ name: CalledName, in parent: TraceContext) -> TraceSpan? {
    guard parent.isSampled else { return nil }
    let (kind, method) = parts(of: method, target.kind, name)
    return span(.client, kind, method, of: " stream", target.hash, [], in: parent)
  }

  func endStream(_ span: TraceSpan, _ outcome: String, items: UInt64, error: String?) {
    tracer.ended(span, TraceSpan.End(at: loop.freshNow(), error: error, attributes: [.outcome(outcome), .items(items)]))
  }

  // MARK: Turns

  /// A sampled call has arrived: its turn, and what that calls, belong to a span of its own, which ends with the reply.
  func begin(_ facts: inout CallFacts, _ sink: inout ReplySink, _ kind: Kind, _ method: UInt64, hash: UInt64, from peer: String?) {
    guard let parent = facts.trace, parent.isSampled else { return }
    let name = SystemMethod.name(method) ?? kind.contract.methods.first { $0.id == method }?.name ?? "?"
    let span = span(.server, kind.name, name, hash, [.peer(peer ?? process)], in: parent)
    facts.trace = span.context
    sink = .traced(TracedReply(span, sink, self))
  }

  func end(_ span: TraceSpan, _ status: ReplyStatus, _ executed: CallError.Executed, waited: Duration) {
    let error = status == .value || status == .failure ? nil : "\(status)"
    let attributes: [TraceSpan.Attribute] = [.outcome("\(status)"), .executed(executed), .waited(waited)]
    tracer.ended(span, TraceSpan.End(at: loop.freshNow(), error: error, attributes: attributes))
  }

  var now: Instant { loop.freshNow() }

  // MARK: Spans

  private func span(
    _ role: TraceSpan.Role, _ kind: String, _ method: String, of whole: String = "", _ hash: UInt64, _ more: [TraceSpan.Attribute],
    in parent: TraceContext
  ) -> TraceSpan {
    var id = loop.random()
    while id == 0 { id = loop.random() }
    let now = loop.freshNow()
    var span = TraceSpan(
      role, "\(kind).\(method)\(whole)", in: process, parent: parent, context: parent.with(span: id), began: now,
      unixNanoseconds: loop.unixNanoseconds(), attributes: [.system, .kind(kind), .method(method), .entity(hash)] + more)
    tracer.began(&span)
    return span
  }

  private func parts(of method: UInt64, _ kind: UInt32, _ name: CalledName) -> (kind: String, method: String) {
    switch name {
    case .named(let kind, let name): (kind, SystemMethod.name(method) ?? name ?? String(method, radix: 16))
    case .of(let type): (type.kind, methodName(method, of: type))
    }
  }

  private func methodName(_ method: UInt64, of type: any Entity.Type) -> String {
    if let name = SystemMethod.name(method) { return name }
    if let known = names[method] { return known }
    let name = type.contractedName(of: method) ?? String(method, radix: 16)
    if names.count < Self.keptNames { names[method] = name }
    return name
  }
}

extension Entity {
  /// By the contract, which is made for it: not for every call.
  fileprivate static func contractedName(of method: UInt64) -> String? {
    var types = TypeTable()
    return contract(in: &types).first { $0.id == method }?.name
  }
}
