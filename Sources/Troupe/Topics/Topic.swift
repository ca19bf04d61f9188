// A topic: a filtered view of the shards' logs, under a name that others can rely on. It keeps nothing; what it shows are the events that
// entities have recorded, as messages that do not change when the entities do.

/// Messages that follow from the events of some kinds of entity.
///
/// ```swift
/// extension Topic<ProductChanged> {
///   static let products = Topic("product.events").from(Product.self) { event, origin in
///     switch event {
///     case .renamed(let name): ProductChanged(product: origin.entity, name: name)
///     default: nil  // nobody else's business
///     }
///   }
/// }
/// ```
public struct Topic<Message: Sendable>: Sendable {
  typealias Source = @Sendable (_ event: [UInt8], _ origin: MessageOrigin) throws -> Message?

  public let name: String
  /// By kind.
  private(set) var sources: [UInt32: Source] = [:]

  public init(_ name: String) { self.name = name }

  /// The same topic, with what `pick` makes of this kind's events; nil leaves one out. A kind has one source in a topic, the last.
  public func from<E: EventSourced>(
    _ kind: E.Type, _ pick: @escaping @Sendable (_ event: E.Event, _ origin: MessageOrigin) -> Message?
  ) -> Topic {
    var copy = self
    copy.sources[kindID(E.kind)] = { event, origin in pick(try E.storedEvent(event).event, origin) }
    return copy
  }
}

/// Where a message comes from.
public struct MessageOrigin: Hashable, Sendable {
  public let entity: String
  public let shard: ShardID
  public let offset: Offset
  /// Of the events of one turn.
  public let index: Int
  /// When the turn was recorded.
  public let time: WallTime
}

/// A message on its way to a consumer.
public struct TopicDelivery<Message: Sendable>: Sendable {
  public let message: Message
  public let origin: MessageOrigin
  /// Where it stands in the log that it is read from: higher for each later delivery of a shard. Its origin, but for one that was
  /// taken back from the dead letters.
  public let position: MessagePosition
  /// From 1; a consumer that was stopped between taking a message and saying so gets it as the first time.
  public let attempt: Int
  /// Of one that was taken back from the dead letters: the group's generation, in the shard that it comes from, when it became one.
  public let returned: UInt32?
  /// The same whenever this message comes to this group, and no other's: for `once`, or for an outside system that knows such keys.
  public let key: String
}

/// A place in the log of a shard.
public struct MessagePosition: Hashable, Comparable, Sendable {
  public let shard: ShardID
  public let offset: Offset
  public let index: Int

  public static func < (left: Self, right: Self) -> Bool {
    (left.shard, left.offset, left.index) < (right.shard, right.offset, right.index)
  }
}
