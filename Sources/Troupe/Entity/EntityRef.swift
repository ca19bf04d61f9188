// A reference to an entity: a value, free to make, valid wherever the entity lives. `@Entity` writes one for each kind,
// with a method for each command and query.

public protocol EntityRef: Sendable {
  associatedtype Target: Entity
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

  /// The same entity, called in the name of `identity`; entities read it as `context.caller`.
  public func `as`(_ identity: String) -> Self {
    with { $0.identity = identity }
  }

  private func with(_ change: (inout CallOptions) -> Void) -> Self {
    var copy = target
    change(&copy.options)
    return Self(copy)
  }
}
