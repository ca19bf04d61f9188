// An entity's state at one offset of its shard's log.

public struct Snapshot: Hashable, Sendable {
  /// The state holds everything before it and nothing behind it.
  public let offset: Offset
  public let state: [UInt8]

  public init(offset: Offset, state: [UInt8]) {
    self.offset = offset
    self.state = state
  }
}

/// A snapshot to store, or one to remove.
public struct SnapshotWrite: Hashable, Sendable {
  public let kind: UInt32
  public let entity: String
  public let offset: Offset
  /// Nil removes the entity's snapshot.
  public let state: [UInt8]?
  /// The entity was deleted, and only what it remembers of its callers is kept: it is not listed.
  public let isTombstone: Bool
  /// When its first reminder is due, in milliseconds since 1970; nil when none is.
  public let wake: Int64?

  public init(kind: UInt32, entity: String, offset: Offset, state: [UInt8]?, isTombstone: Bool = false, wake: Int64? = nil) {
    self.kind = kind
    self.entity = entity
    self.offset = offset
    self.state = state
    self.isTombstone = isTombstone
    self.wake = wake
  }
}
