// What a caller may say about one call.

public struct CallOptions: Sendable, Hashable {
  /// Time the call may take, retries included. Default 5 s. A call made inside a turn never gets more than its caller has left.
  public var deadline: Duration {
    get { .nanoseconds(deadlineNanoseconds) }
    set { deadlineNanoseconds = newValue.wholeNanoseconds }
  }
  /// A command with the same key takes effect once an entity; same key and other arguments is refused. At most 255 bytes.
  public var idempotencyKey: String?
  /// In whose name; nil inherits the name of the turn that calls.
  public var identity: String?

  /// As a number: dividing a `Duration`'s 128 bits for each call costs more than the call's look-up.
  private(set) var deadlineNanoseconds: Int64

  public init(deadline: Duration = .seconds(5), idempotencyKey: String? = nil, identity: String? = nil) {
    deadlineNanoseconds = deadline.wholeNanoseconds
    self.idempotencyKey = idempotencyKey
    self.identity = identity
  }
}
