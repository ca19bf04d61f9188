// What arrives with a call beside its arguments, in the callee's terms.

/// Names one logical call through all its retries.
struct CallFacts: Sendable {
  /// On the callee's clock: arrival plus the time left that the frame carried.
  var deadline: Instant
  var identity: CallerIdentity?
  /// The turn that waits for this call, and who waits for it; nil when no entity does.
  var callers: TurnInfo?
  var call: CallID
  /// The caller has the answers to all its calls below this one, so their records may go.
  var lowestOpen: UInt64
  /// Where the turn belongs in a trace, and so what it calls.
  var trace: TraceContext?
  /// Others go first; and before what it calls.
  var isBulk = false
  /// An earlier try may be what ended the entity's last owner.
  var isOrphan = false
}

/// A call that cannot start here and now: its entity is busy or loading, or its shard is on its way.
/// An object, because it goes through a queue or two: each step then counts one reference and not six.
final class ParkedCall: Sendable {
  let kind: UInt32
  let entity: String
  let hash: UInt64
  let method: UInt64
  let isQuery: Bool
  let arguments: [UInt8]
  let facts: CallFacts
  let sink: ReplySink

  init(
    kind: UInt32, entity: String, hash: UInt64, method: UInt64, isQuery: Bool, arguments: [UInt8], facts: CallFacts, sink: ReplySink
  ) {
    self.kind = kind
    self.entity = entity
    self.hash = hash
    self.method = method
    self.isQuery = isQuery
    self.arguments = arguments
    self.facts = facts
    self.sink = sink
  }
}

/// Which call is meant by a caller that takes it back.
enum CallOrigin: Hashable {
  case link(Link, UInt32)
  case home(HomeCall)

  static func == (left: CallOrigin, right: CallOrigin) -> Bool {
    switch (left, right) {
    case (.link(let link, let own), .link(let caller, let request)): own == request && link === caller
    case (.home(let own), .home(let call)): own === call
    default: false
    }
  }

  func hash(into hasher: inout Hasher) {
    switch self {
    case .link(let link, let request):
      hasher.combine(ObjectIdentifier(link))
      hasher.combine(request)
    case .home(let call): hasher.combine(ObjectIdentifier(call))
    }
  }
}

/// Where a reply goes.
enum ReplySink: @unchecked Sendable {
  // Sound because a link's sink never leaves the loop of its link, and a call of this process knows its way home.
  /// Another process, which asked under this number.
  case link(Link, UInt32)
  /// A task of this process, on whatever thread.
  case waiter(ReplyWaiter)
  /// A stage of this process, which waits for its call to come back.
  case home(HomeCall)
  /// One of the others, of a call that somebody samples.
  case traced(TracedReply)
  /// One of the others, of a call that was written down before it began.
  case attempted(AttemptedReply)

  func isFrom(_ origin: CallOrigin) -> Bool { self.origin == origin }

  /// By what its caller would take the call back; nil when nobody can.
  var origin: CallOrigin? {
    switch self {
    case .link(let link, let request): .link(link, request)
    case .home(let call): .home(call)
    case .waiter: nil
    case .traced(let reply): reply.inner.origin
    case .attempted(let reply): reply.inner.origin
    }
  }

  @inline(__always)
  func turnBegins() {
    switch self {
    case .link, .waiter, .home: break
    case .traced(let reply): reply.turnBegins()
    case .attempted(let reply): reply.inner.traced?.turnBegins()
    }
  }

  private var traced: TracedReply? {
    if case .traced(let reply) = self { return reply }
    return nil
  }

  /// Over which another process asked.
  var link: Link? {
    switch self {
    case .link(let link, _): link
    case .traced(let reply): reply.inner.link
    case .attempted(let reply): reply.inner.link
    case .waiter, .home: nil
    }
  }

  /// Whether the caller is another process, and so keeps its own deadline.
  var isAway: Bool {
    switch self {
    case .link: true
    case .traced(let reply): reply.inner.isAway
    case .attempted(let reply): reply.inner.isAway
    case .waiter, .home: false
    }
  }
}
