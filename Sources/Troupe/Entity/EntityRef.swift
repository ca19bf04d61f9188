// A reference to an entity: a value, free to make, valid wherever the entity lives. `@Entity` writes one for each kind,
// with a method for each command and query.

public protocol EntityRef: Sendable {
  associatedtype Target: Entity
  /// The same without waiting; a kind without commands has none.
  associatedtype Tell: EntityTell = NothingToTell<Target>
  var target: RefTarget { get set }
  init(_ target: RefTarget)
}

/// Who is meant, through which cluster, and with which options.
public struct RefTarget: Sendable {
  public let id: String
  public let cluster: Cluster
  public var options = CallOptions()
  let kind: UInt32
  /// Of kind and id; the shard follows from it. Computed once a reference, not once a call.
  let hash: UInt64

  init(kind: String, id: String, cluster: Cluster) {
    self.id = id
    self.cluster = cluster
    self.kind = kindID(kind)
    hash = entityHash(kindID: self.kind, id: id)
  }
}

extension EntityRef {
  public var id: String { target.id }

  /// The same entity, called with this much time. Past it the caller gets `.deadlineExceeded`, and must take the outcome of
  /// a command as unknown.
  public func within(_ deadline: Duration) -> Self {
    with { $0.deadline = deadline }
  }

  /// The same entity, where a command with this key takes effect once however often it is sent.
  public func once(_ key: String) -> Self {
    with { $0.idempotencyKey = key }
  }

  /// The same entity, called in the name that a gateway has signed; entities read it as `context.caller`, and the calls that they make
  /// go on in it. Past its life calls fail as `.identityExpired`, also those that a turn makes which began before.
  public func `as`(_ identity: SignedIdentity) -> Self {
    with { $0.signedIdentity = identity }
  }

  /// The same entity, called in a name that nobody has signed; entities read it as `context.caller`. Nodes that take only signed
  /// identities refuse the call.
  public func `as`(_ identity: String) -> Self {
    with { $0.identity = identity }
  }

  /// The same entity, called as a part of this trace; entities read their place in it as `context.trace`. Within a turn it stands for
  /// the turn's own.
  ///
  /// ```swift
  /// let context = TraceContext(traceparent: header)  // nil for a header that is none, which traces nothing
  /// try await cart.traced(by: context).add("mug")
  /// ```
  public func traced(by context: TraceContext?) -> Self {
    with { $0.trace = context }
  }

  /// The same entity, called by somebody who has time: on the way and at its node other calls go first, and when a node cannot keep up
  /// these are the first that it refuses. What a bulk call's turn calls is bulk as well.
  ///
  /// ```swift
  /// for id in stale { try await cluster.entity(Cart.self, id).bulk.clear() }
  /// ```
  /// It gives way until it has begun: a turn that runs is not interrupted, and entities answer calls in the order in which they got
  /// them. Order holds as ever: while bulk calls of this loop to an entity are open, all its calls there are bulk.
  public var bulk: Self { with { $0.isBulk = true } }

  /// The same entity, whose queries are sent a second time when no answer has come after `delay`; the first answer counts, and the
  /// other is dropped. Commands are sent as ever.
  ///
  /// ```swift
  /// let lines = try await cart.hedged(after: .milliseconds(20)).contents()
  /// ```
  /// What it buys is little, because an entity lives in one place: nobody else can answer for it. The second try goes to the same
  /// node over a connection of its own, which is made for the first such try and kept; or to the new owner, when the shard has moved
  /// meanwhile. So it helps when the first *connection* is stuck: lost packets that TCP waits for, a router that forgot it, a large
  /// message in front. It does not help when the node is stopped, or the entity or its loop busy: then both wait.
  ///
  /// It costs the order: a hedged query may overtake what the same caller has sent before it and not seen answered. It takes from the
  /// retry budget, and is not sent when that is spent, when a turn makes the call (whoever called the turn may hedge), or when
  /// the entity is in this process.
  public func hedged(after delay: Duration) -> Self {
    with { $0.hedgeAfter = delay }
  }

  private func with(_ change: (inout CallOptions) -> Void) -> Self {
    var copy = target
    change(&copy.options)
    return Self(copy)
  }
}
