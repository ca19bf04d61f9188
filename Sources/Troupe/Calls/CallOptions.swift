// What a caller may say about one call.

public struct CallOptions: Sendable, Hashable {
  /// Time the call may take, retries included. Default 5 s. A call made inside a turn never gets more than its caller has left.
  public var deadline: Duration {
    get { .nanoseconds(deadlineNanoseconds) }
    set { deadlineNanoseconds = newValue.wholeNanoseconds }
  }
  /// A command with the same key takes effect once an entity; same key and other arguments is refused. At most 255 bytes.
  public var idempotencyKey: String? {
    get { rare?.values.idempotencyKey }
    set { change { $0.idempotencyKey = newValue } }
  }
  /// In whose name; nil inherits the name of the turn that calls. A name that is set here is signed by nobody, and nodes that take only
  /// signed ones refuse the call.
  public var identity: String? {
    get { caller?.subject }
    set { caller = newValue.map { CallerIdentity(unsigned: $0) } }
  }
  /// The same, as a gateway has signed it.
  public var signedIdentity: SignedIdentity? {
    get { caller?.signed }
    set { caller = newValue.map { CallerIdentity($0) } }
  }
  /// The same in either form.
  var caller: CallerIdentity? {
    get { rare?.values.identity }
    set { change { $0.identity = newValue } }
  }
  /// After how long without an answer a query is sent a second time: see `EntityRef.hedged(after:)`. Nil, the default, never.
  public var hedgeAfter: Duration? {
    get { rare?.values.hedgeAfter }
    set { change { $0.hedgeAfter = newValue } }
  }
  /// Where the call belongs in a trace; nil inherits that of the turn that calls. One with ids of zero is none.
  public var trace: TraceContext? {
    get { rare?.values.trace }
    set { change { $0.trace = newValue?.wellFormed } }
  }
  /// Whether others go first: see `EntityRef.bulk`. False inherits what the turn that calls is.
  public var isBulk: Bool {
    get { rare?.values.isBulk ?? false }
    set { change { $0.isBulk = newValue } }
  }

  /// As a number: dividing a `Duration`'s 128 bits for each call costs more than the call's look-up.
  private(set) var deadlineNanoseconds: Int64
  /// What most calls do not say: one word of a reference that is copied with every call, instead of four.
  private(set) var rare: Rare?

  public init(deadline: Duration = .seconds(5), idempotencyKey: String? = nil, identity: String? = nil) {
    deadlineNanoseconds = deadline.wholeNanoseconds
    if idempotencyKey != nil || identity != nil {
      change {
        $0.idempotencyKey = idempotencyKey
        $0.identity = identity.map { CallerIdentity(unsigned: $0) }
      }
    }
  }

  private mutating func change(_ change: (inout Rare.Values) -> Void) {
    var values = rare?.values ?? Rare.Values()
    change(&values)
    rare = Rare(values)
  }

  final class Rare: Sendable, Hashable {
    struct Values: Hashable {
      var idempotencyKey: String?
      var identity: CallerIdentity?
      var hedgeAfter: Duration?
      var trace: TraceContext?
      var isBulk = false
    }

    let values: Values

    init(_ values: Values) { self.values = values }

    static func == (left: Rare, right: Rare) -> Bool { left.values == right.values }
    func hash(into hasher: inout Hasher) { hasher.combine(values) }
  }
}

extension CallOptions {
  @usableFromInline var asksForHedging: Bool { rare != nil && rare!.values.hedgeAfter != nil }

  func check() throws {
    guard deadlineNanoseconds > 0, deadlineNanoseconds <= CallLimits.longestDeadlineSeconds * 1_000_000_000 else {
      throw CallError(.badArguments, "a deadline is more than nothing and at most \(CallLimits.longestDeadlineSeconds) seconds")
    }
    if let rare { try rare.values.check() }
  }
}

extension CallOptions.Rare.Values {
  fileprivate func check() throws {
    if let key = idempotencyKey, key.isEmpty || key.utf8.count > CallLimits.keyBytes {
      throw CallError(.badArguments, "an idempotency key has 1 to \(CallLimits.keyBytes) bytes, this one has \(key.utf8.count)")
    }
    if let hedgeAfter, hedgeAfter <= .zero { throw CallError(.badArguments, "a query is hedged after more than nothing") }
    if let identity, identity.subject.utf8.count > CallLimits.identityBytes {
      throw CallError(.badArguments, "a caller's identity has at most \(CallLimits.identityBytes) bytes")
    }
  }
}
