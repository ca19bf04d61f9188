// One logical call on its way out, through all its tries. Small, because it stands in the frame of the task that waits: what it
// is about stands in the reference, and is not copied.

/// Which method is called, and what that permits: the same for every call of a generated method.
@usableFromInline struct CalledMethod: Sendable {
  let id: UInt64
  let isQuery: Bool
  /// A query, or a command to an entity that records call ids: safe to send again after a lost connection.
  let isRepeatable: Bool

  @usableFromInline init(_ id: UInt64, isQuery: Bool, isRepeatable: Bool) {
    self.id = id
    self.isQuery = isQuery
    self.isRepeatable = isRepeatable
  }
}

/// Which try of a call this is.
@usableFromInline enum Attempt: Sendable {
  case first, retry
  /// A retry whose call was under way to a node that is gone: see ADR 0025.
  case orphan
  /// A second one beside the first, on a connection of its own.
  case hedge
}

/// A call that a stage has taken.
@usableFromInline struct OpenCall: Sendable {
  /// The caller's count; 0 when a key that its client chose names the call.
  let sequence: UInt64
  let deadline: Instant
  /// The turn that makes the call: its chain and its caller's identity go along.
  let turn: TurnInfo?
  /// The task that waits for it.
  var caller: WaitingTask?
  /// Only where the process has a tracer, and the call a trace.
  let trace: CallTrace?
  /// What it counts as among the bulk calls that are open; 0 when it is none.
  let bulk: UInt64

  var isBulk: Bool { bulk != 0 }
}

extension CallID {
  /// The id of a command with a key that its client chose: the same wherever and whenever it is sent.
  init(key: String) {
    let bytes = key.utf8Span.span.bytes
    self.init(caller: entityHash(kindID: 1, id: bytes), sequence: entityHash(kindID: 2, id: bytes) | CallID.keyed)
  }

  /// Marks sequences that no counter gives.
  static var keyed: UInt64 { 1 << 63 }
  var isKeyed: Bool { sequence & Self.keyed != 0 }
}
