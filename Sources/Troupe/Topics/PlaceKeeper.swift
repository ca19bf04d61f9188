// Consumers that know themselves how far they have come: in the database that they write, in the transaction that writes it. What
// they took and where they stand then never differ.

/// Where a group stands in one shard, as its consumer has it.
public struct ConsumerPlace: Hashable, Sendable {
  /// Raised when the group begins anew.
  public let generation: UInt32
  /// Everything before it was taken.
  public let offset: Offset

  public init(generation: UInt32, offset: Offset) {
    self.generation = generation
    self.offset = offset
  }
}

/// Tells where a group stands. Asked when an owner of the shard begins, and again when a batch was refused with `PlaceMoved`.
public protocol PlaceKeeper: Sendable {
  /// Nil for a shard of which nothing was ever written. Throws when it cannot be known now; it is then asked again.
  func place(in shard: ShardID) async throws -> ConsumerPlace?
}

/// The messages of one shard that a consumer takes in one transaction, with its place.
public struct TopicBatch<Message: Sendable>: Sendable {
  public let shard: ShardID
  /// What the consumer's place must be, or it has been written by another owner: then it throws `PlaceMoved` and changes nothing.
  public let expected: ConsumerPlace?
  /// What its place is afterwards. In a higher generation, all that it has of this shard goes first.
  public let next: ConsumerPlace
  /// Nothing was taken yet since the owner began with the shard. The first record of such a batch may have become a dead letter already:
  /// the one before may have ended between that and the note of it.
  public let isFirst: Bool
  public let deliveries: [TopicDelivery<Message>]
}

/// Thrown by a consumer that keeps its place, when that is not what the batch expects. It is then asked where it stands.
public struct PlaceMoved: Error {
  public init() {}
}

/// Where a group begins whose consumer keeps its own place. Pure.
struct ConsumerStart: Equatable {
  let generation: UInt32
  let offset: Offset

  /// - Parameters:
  ///   - noted: what the store knows.
  ///   - first: where a new group begins.
  init(place: ConsumerPlace?, noted: ConsumerOffset?, first: Offset) {
    switch (place, noted) {
    case (nil, nil): (generation, offset) = (0, first)
    // The store knows of messages that this database has never had: it is a new one.
    case (nil, let noted?): (generation, offset) = (noted.generation + 1, first)
    case (let place?, nil): (generation, offset) = (place.generation, place.offset)
    case (let place?, let noted?) where noted.generation > place.generation: (generation, offset) = (noted.generation, noted.offset)
    // Behind the place may stand records that hold no message for it, which only the store remembers.
    case (let place?, let noted?) where noted.generation == place.generation:
      (generation, offset) = (place.generation, max(place.offset, noted.offset))
    case (let place?, _): (generation, offset) = (place.generation, place.offset)
    }
  }
}
