// One logical call on its way out, through all its tries.

struct CallRequest: Sendable {
  let kind: UInt32
  let id: String
  let hash: UInt64
  let method: UInt64
  let isQuery: Bool
  /// A query, or a command to an entity that records call ids: safe to send again after a lost connection.
  let isRepeatable: Bool
  let options: CallOptions

  init(_ target: RefTarget, method: UInt64, isQuery: Bool, isRepeatable: Bool) {
    kind = target.kind
    id = target.id
    hash = target.hash
    self.method = method
    self.isQuery = isQuery
    self.isRepeatable = isRepeatable
    options = target.options
  }

  init(kind: String, id: String, method: UInt64, isQuery: Bool, isRepeatable: Bool, options: CallOptions) {
    self.kind = kindID(kind)
    self.id = id
    hash = entityHash(kindID: self.kind, id: id)
    self.method = method
    self.isQuery = isQuery
    self.isRepeatable = isRepeatable
    self.options = options
  }
}

/// The same call once a stage has taken it: with its id, its instant and what it inherits.
struct OutgoingCall {
  let request: CallRequest
  let call: CallID
  let lowestOpen: UInt64
  let deadline: Instant
  let identity: String?
  let chain: CallChain?
  var isRetry = false
}

extension CallID {
  /// The id of a command with a key that its client chose: the same wherever and whenever it is sent.
  init(key: String) {
    let bytes = key.utf8Span.span.bytes
    self.init(caller: entityHash(kindID: 1, id: bytes), sequence: entityHash(kindID: 2, id: bytes) | CallID.keyed)
  }

  /// Marks sequences that no counter gives.
  static var keyed: UInt64 { 1 << 63 }
}
