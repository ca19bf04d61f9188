// How far a group of consumers has come in one shard's log.

public struct ConsumerOffset: Hashable, Sendable {
  /// The group's name: 1 to 63 bytes.
  public let group: String
  /// Raised when the group begins anew, which is the only way for its offset to fall.
  public let generation: UInt32
  /// Everything before it was taken.
  public let offset: Offset

  public init(group: String, generation: UInt32, offset: Offset) {
    self.group = group
    self.generation = generation
    self.offset = offset
  }

  /// Whether a store that has `old` writes this.
  public func replaces(_ old: ConsumerOffset?) -> Bool {
    guard let old else { return true }
    return generation > old.generation || (generation == old.generation && offset > old.offset)
  }

  /// The longest name of a group, bytes: every store makes it part of a key.
  public static let nameLimit = 63

  /// Throws when no store may take it.
  public func validate() throws(StoreError) {
    guard (1...Self.nameLimit).contains(group.utf8.count) else {
      throw .invalid("the name of a group has 1 to \(Self.nameLimit) bytes, '\(group)' has not")
    }
  }
}
