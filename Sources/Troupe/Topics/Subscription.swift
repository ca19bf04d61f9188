// A group's subscription to a topic: what a shard hands its records to, without knowing the messages.

/// One group of consumers. Each shard's owner serves it for that shard, so at any time one process does, for one message after the other.
protocol Subscription: Sendable {
  var group: String { get }
  var topic: String { get }
  var policy: ConsumerPolicy { get }
  /// Who knows where the group stands, when that is not the store.
  var keeper: (any PlaceKeeper)? { get }
  /// Whether it takes what the log lets go of: long after it was recorded, and from the store.
  var isArchive: Bool { get }
  /// Whether records of this entity may hold messages for it.
  func concerns(kind: UInt32, entity: String) -> Bool
  /// Hands the messages of these records over, in order. Throws when any was not taken. False when there were none.
  nonisolated(nonsending) func deliver(_ batch: RecordBatch, _ cluster: Cluster) async throws -> Bool
}

extension Subscription {
  var isArchive: Bool { false }
}

/// What a shard hands to a group at once.
struct RecordBatch: Sendable {
  let shard: ShardID
  let records: [StoredRecord]
  let attempt: Int
  /// See `TopicBatch`.
  let expected: ConsumerPlace?
  let next: ConsumerPlace
  let isFirst: Bool
}

/// A group that takes one message after the other, or a batch at once.
struct TopicSubscription<Message: Sendable>: Subscription {
  typealias Consume = @Sendable (TopicBatch<Message>, Cluster) async throws -> Void

  let group: String
  let source: Topic<Message>
  let policy: ConsumerPolicy
  let keeper: (any PlaceKeeper)?
  let consume: Consume

  var topic: String { source.name }

  func concerns(kind: UInt32, entity: String) -> Bool {
    source.sources[kind] != nil || (kind == DeadLetters.kindID && entity == group)
  }

  nonisolated(nonsending) func deliver(_ batch: RecordBatch, _ cluster: Cluster) async throws -> Bool {
    let deliveries = try batch.records.flatMap { try messages(of: $0, in: batch.shard, attempt: batch.attempt) }
    guard !deliveries.isEmpty else { return false }
    try await consume(
      TopicBatch(shard: batch.shard, expected: batch.expected, next: batch.next, isFirst: batch.isFirst, deliveries: deliveries), cluster)
    return true
  }

  private func messages(of record: StoredRecord, in shard: ShardID, attempt: Int) throws -> [TopicDelivery<Message>] {
    guard record.kind != DeadLetters.kindID || source.sources[record.kind] != nil else {
      return try returned(record, in: shard, attempt: attempt)
    }
    return try messages(
      kind: record.kind, entity: record.entity, shard: shard, offset: record.offset, time: record.turn.wallTime, events: record.turn.events,
      position: (shard, record.offset, 0), attempt: attempt)
  }

  /// Dead letters of this group that somebody has sent on their way again.
  private func returned(_ record: StoredRecord, in shard: ShardID, attempt: Int) throws -> [TopicDelivery<Message>] {
    var found: [TopicDelivery<Message>] = []
    for bytes in record.turn.events {
      guard case .returned(let letter) = try DeadLetters.Event(wireBytes: bytes) else { continue }
      found += try messages(
        kind: letter.kind, entity: letter.entity, shard: ShardID(letter.shard), offset: Offset(letter.offset), time: letter.recorded,
        events: letter.events, position: (shard, record.offset, found.count), attempt: attempt, returned: letter.generation)
    }
    return found
  }

  private func messages(
    kind: UInt32, entity: String, shard: ShardID, offset: Offset, time: Int64, events: [[UInt8]],
    position: (shard: ShardID, offset: Offset, index: Int), attempt: Int, returned: UInt32? = nil
  ) throws -> [TopicDelivery<Message>] {
    guard let pick = source.sources[kind] else { return [] }
    return try events.enumerated().compactMap { index, event in
      let origin = MessageOrigin(entity: entity, shard: shard, offset: offset, index: index, time: WallTime(milliseconds: time))
      guard let message = try pick(event, origin) else { return nil }
      return TopicDelivery(
        message: message, origin: origin,
        position: MessagePosition(shard: position.shard, offset: position.offset, index: position.index + index), attempt: attempt,
        returned: returned,
        key: "\(group)/\(shard)/\(offset)/\(index)")
    }
  }
}

extension Registry {
  /// Lets a group take a topic's messages one after the other.
  ///
  /// ```swift
  /// registry.subscribe("confirmation-mails", to: .orders) { delivery, cluster in
  ///   try await cluster.entity(Outbox.self, delivery.message.customer).once(delivery.key).send(…)
  /// }
  /// ```
  /// - At least once: a message comes again when its consumer throws, takes longer than the policy's patience, or when the process ends
  ///   before it was noted that it was taken. `once(delivery.key)` makes one effect of it in a durable entity, for 24 hours.
  /// - In order: messages of one entity come in the order of its events, and the next one only when the one before was taken or became
  ///   a dead letter.
  /// - A message that fails too often becomes a dead letter, which `shopstream topics` and the operators' page show, send again or drop.
  /// - The shard's owner runs it, on the shard's loop: what blocks must go to a thread of its own.
  ///
  /// - Parameter group: 1 to 63 of a-z, 0-9, '-' and '.'; fixed, as its offsets stand under it in the store.
  public mutating func subscribe<Message: Sendable>(
    _ group: String, to topic: Topic<Message>, policy: ConsumerPolicy = ConsumerPolicy(),
    _ consume: @escaping @Sendable (TopicDelivery<Message>, Cluster) async throws -> Void
  ) {
    subscribe(group, toBatchesOf: topic, policy: policy) { deliveries, cluster in
      for delivery in deliveries { try await consume(delivery, cluster) }
    }
  }

  /// The same for a consumer that takes as many messages at once as there are, up to the policy's batch: all of them are taken, or all
  /// come again, then one record at a time.
  public mutating func subscribe<Message: Sendable>(
    _ group: String, toBatchesOf topic: Topic<Message>, policy: ConsumerPolicy = ConsumerPolicy(),
    _ consume: @escaping @Sendable ([TopicDelivery<Message>], Cluster) async throws -> Void
  ) {
    add(TopicSubscription(group: group, source: topic, policy: policy, keeper: nil) { try await consume($0.deliveries, $1) })
  }

  /// The same for a consumer that keeps its own place: see `PlaceKeeper`.
  public mutating func subscribe<Message: Sendable>(
    _ group: String, toBatchesOf topic: Topic<Message>, policy: ConsumerPolicy = ConsumerPolicy(), keeping keeper: any PlaceKeeper,
    _ consume: @escaping @Sendable (TopicBatch<Message>, Cluster) async throws -> Void
  ) {
    add(TopicSubscription(group: group, source: topic, policy: policy, keeper: keeper, consume: consume))
  }
}
