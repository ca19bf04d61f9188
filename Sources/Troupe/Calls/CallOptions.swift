// What a caller may say about one call.

public struct CallOptions: Sendable, Hashable {
  /// Time the call may take, retries included. Default 5 s. A call made inside a turn never gets more than its caller has left.
  public var deadline: Duration {
    get { .nanoseconds(deadlineNanoseconds) }
    set { deadlineNanoseconds = newValue.wholeNanoseconds }
  }
  /// A command with the same key takes effect once an entity; same key and other arguments is refused. At most 255 bytes.
  public var idempotencyKey: String? {
    get { rare?.idempotencyKey }
    set { rare = Rare(idempotencyKey: newValue, identity: rare?.identity, hedgeAfter: hedgeAfter, trace: trace) }
  }
  /// In whose name; nil inherits the name of the turn that calls. A name that is set here is signed by nobody, and nodes that take only
  /// signed ones refuse the call.
  public var identity: String? {
    get { rare?.identity?.subject }
    set { name(newValue.map { CallerIdentity(unsigned: $0) }) }
  }
  /// The same, as a gateway has signed it.
  public var signedIdentity: SignedIdentity? {
    get { rare?.identity?.signed }
    set { name(newValue.map { CallerIdentity($0) }) }
  }

  /// The same in either form.
  var caller: CallerIdentity? {
    get { rare?.identity }
    set { name(newValue) }
  }

  private mutating func name(_ caller: CallerIdentity?) {
    rare = Rare(idempotencyKey: idempotencyKey, identity: caller, hedgeAfter: hedgeAfter, trace: trace)
  }
  /// After how long without an answer a query is sent a second time: see `EntityRef.hedged(after:)`. Nil, the default, never.
  public var hedgeAfter: Duration? {
    get { rare?.hedgeAfter }
    set { rare = Rare(idempotencyKey: idempotencyKey, identity: rare?.identity, hedgeAfter: newValue, trace: trace) }
  }
  /// Where the call belongs in a trace; nil inherits that of the turn that calls. One with ids of zero is none.
  public var trace: TraceContext? {
    get { rare?.trace }
    set {
      let trace = newValue?.wellFormed
      rare = Rare(idempotencyKey: idempotencyKey, identity: rare?.identity, hedgeAfter: hedgeAfter, trace: trace)
    }
  }

  /// As a number: dividing a `Duration`'s 128 bits for each call costs more than the call's look-up.
  private(set) var deadlineNanoseconds: Int64
  /// What most calls do not say: one word of a reference that is copied with every call, instead of four.
  private(set) var rare: Rare?

  public init(deadline: Duration = .seconds(5), idempotencyKey: String? = nil, identity: String? = nil) {
    deadlineNanoseconds = deadline.wholeNanoseconds
    if idempotencyKey != nil || identity != nil {
      rare = Rare(idempotencyKey: idempotencyKey, identity: identity.map { CallerIdentity(unsigned: $0) }, hedgeAfter: nil, trace: nil)
    }
  }

  final class Rare: Sendable, Hashable {
    let idempotencyKey: String?
    let identity: CallerIdentity?
    let hedgeAfter: Duration?
    let trace: TraceContext?

    init(idempotencyKey: String?, identity: CallerIdentity?, hedgeAfter: Duration?, trace: TraceContext?) {
      self.idempotencyKey = idempotencyKey
      self.identity = identity
      self.hedgeAfter = hedgeAfter
      self.trace = trace
    }

    static func == (left: Rare, right: Rare) -> Bool {
      left.idempotencyKey == right.idempotencyKey && left.identity == right.identity && left.hedgeAfter == right.hedgeAfter
        && left.trace == right.trace
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(idempotencyKey)
      hasher.combine(identity)
      hasher.combine(hedgeAfter)
      hasher.combine(trace)
    }
  }
}

extension CallOptions {
  @usableFromInline var asksForHedging: Bool { rare != nil && rare!.hedgeAfter != nil }

  func check() throws {
    guard deadlineNanoseconds > 0, deadlineNanoseconds <= CallLimits.longestDeadlineSeconds * 1_000_000_000 else {
      throw CallError(.badArguments, "a deadline is more than nothing and at most \(CallLimits.longestDeadlineSeconds) seconds")
    }
    if let rare { try rare.check() }
  }
}

extension CallOptions.Rare {
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
