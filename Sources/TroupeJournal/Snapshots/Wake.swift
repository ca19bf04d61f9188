// When an entity wants to be looked at, as its snapshot says it: what a shard finds its reminders by without reading its entities.

/// An entity and when its first reminder is due. Ordered by time, then by kind, then by the bytes of the entity's id.
public struct Wake: Hashable, Sendable {
  /// Milliseconds since 1970.
  public let at: Int64
  public let kind: UInt32
  public let entity: String

  public init(at: Int64, kind: UInt32, entity: String) {
    self.at = at
    self.kind = kind
    self.entity = entity
  }
}

extension Wake: Comparable {
  public static func < (left: Wake, right: Wake) -> Bool {
    if left.at != right.at { return left.at < right.at }
    if left.kind != right.kind { return left.kind < right.kind }
    return left.entity.utf8.lexicographicallyPrecedes(right.entity.utf8)
  }
}
