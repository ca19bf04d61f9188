// Takes a projection's messages into its tables: what the group's batches must find, and what they leave behind.

import GRDB
public import Troupe

/// A projection in a file, ready to subscribe.
///
/// ```swift
/// let file = try ProjectionFile("/var/lib/shop/views.sqlite")
/// let sales = try await Projector(Sales(), in: file)
/// …
/// registry.subscribe(sales, to: .orders)      // on every node
/// ```
/// - Exactly once: a batch and its place are written in one transaction, and only if the place is what the batch expects. Whoever comes
///   second, a node that was replaced for instance, changes nothing.
/// - `shopstream topics restart NAME` makes the view anew, shard by shard, from what the logs hold; so does a higher version, and a file
///   that is new.
/// - While the file cannot be written nothing is lost: the messages wait.
public struct Projector<View: Projection>: Sendable {
  public let view: View
  private let file: ProjectionFile

  /// Makes the tables when the file has none, or those of an older version.
  public init(_ view: View, in file: ProjectionFile) async throws {
    (self.view, self.file) = (view, file)
    try await file.write(weight: 1) { db in
      let table = PlaceTable(name: view.name, db: db)
      guard try table.version().map({ $0 < view.version }) ?? true else { return }
      try view.create(in: db)
      try table.begin(view.version)
    }
  }

  /// Writes a batch, or throws and writes nothing.
  func take(_ batch: TopicBatch<View.Message>) async throws {
    try await file.write(weight: batch.deliveries.count) { [view] db in
      let table = PlaceTable(name: view.name, db: db)
      try Self.check(table, view)
      let place = try table.place(in: batch.shard)
      guard place == batch.expected else { throw PlaceMoved() }
      if let place, place.generation < batch.next.generation {
        try view.forget(batch.shard, in: db)
        try table.forgetReturned(of: batch.shard)
      }
      try table.write(batch.next, in: batch.shard)
      if batch.isFirst, let first = batch.deliveries.first { try Self.note(batch.deliveries, of: first, table) }
      for delivery in batch.deliveries where try Self.isNew(delivery, batch.next.generation, table) { try view.apply(delivery, to: db) }
    }
  }

  private static func check(_ table: PlaceTable, _ view: View) throws {
    guard let version = try table.version(), version != view.version else { return }
    throw ConsumerUnavailable("the tables of \(view.name) are of version \(version), this node writes version \(view.version)")
  }

  /// Whoever sends this record's dead letter again, if there is one, shall send it in vain.
  private static func note(
    _ deliveries: [TopicDelivery<View.Message>], of first: TopicDelivery<View.Message>, _ table: PlaceTable
  ) throws {
    for delivery in deliveries where delivery.position.offset == first.position.offset && delivery.returned == nil {
      _ = try table.noteReturned(delivery.origin)
    }
  }

  /// A message from the dead letters comes in another shard's log than its own. If its own shard has begun anew since it was given up, it has
  /// come from there again; and if this one has, it may have come from here already.
  private static func isNew(_ delivery: TopicDelivery<View.Message>, _ generation: UInt32, _ table: PlaceTable) throws -> Bool {
    guard let buried = delivery.returned else { return true }
    let current = try table.place(in: delivery.origin.shard)?.generation ?? generation
    guard buried >= current else { return false }
    return try table.noteReturned(delivery.origin)
  }
}

extension Projector: PlaceKeeper {
  public func place(in shard: ShardID) async throws -> ConsumerPlace? {
    try await file.write(weight: 1) { [view] db in
      let table = PlaceTable(name: view.name, db: db)
      try Self.check(table, view)
      return try table.place(in: shard)
    }
  }
}

extension ConsumerPolicy {
  /// For a database: large batches, as each costs a write to the disk.
  public static var projection: ConsumerPolicy {
    var policy = ConsumerPolicy()
    policy.batch = 1_024
    return policy
  }
}

extension Registry {
  /// Lets a projection follow a topic, under its own name as the group.
  public mutating func subscribe<View: Projection>(
    _ projector: Projector<View>, to topic: Topic<View.Message>, policy: ConsumerPolicy = .projection
  ) {
    subscribe(projector.view.name, toBatchesOf: topic, policy: policy, keeping: projector) { batch, _ in try await projector.take(batch) }
  }
}
