// What a caller may say about one call.

public struct CallOptions: Sendable, Hashable {
  /// Time the call may take, retries included. Default 5 s. A call made inside a turn never gets more than its caller has left.
  public var deadline: Duration = .seconds(5)
  /// A command with the same key takes effect once an entity; same key and other arguments is refused. At most 255 bytes.
  public var idempotencyKey: String?
  /// In whose name; nil inherits the name of the turn that calls.
  public var identity: String?

  public init(deadline: Duration = .seconds(5), idempotencyKey: String? = nil, identity: String? = nil) {
    self.deadline = deadline
    self.idempotencyKey = idempotencyKey
    self.identity = identity
  }
}
