// One entity as the node sees it that has its shard: what `shopstream explain` asks the owner for.

/// What a node knows of an entity and of its shard.
@Wire public struct EntityReport: Hashable, Sendable {
  /// "serving"; "arriving" while its log is being taken over; "leaving" while it is sealed; "elsewhere" when the node does not have it.
  public var shard: String
  /// Calls that wait for the shard.
  public var parkedCalls: Int
  /// Entities of the shard in memory.
  public var entities: Int
  /// Where the shard's log ends, and where what is durable of it does.
  public var logEnd: UInt64
  public var durableEnd: UInt64
  /// Everything before it stands in snapshots.
  public var floor: UInt64
  /// Nil when the entity is not in memory: its next call reads it.
  public var memory: EntityInMemory?
  /// Why its calls are refused for a while; nil when they are not.
  public var quarantine: String?

  static let elsewhere = EntityReport(
    shard: "elsewhere", parkedCalls: 0, entities: 0, logEnd: 0, durableEnd: 0, floor: 0, memory: nil)
}

/// An entity in memory.
@Wire public struct EntityInMemory: Hashable, Sendable {
  /// "idle", "loading" its state, or "busy" with a command that is suspended.
  public var phase: String
  /// Calls in its mailbox.
  public var waitingCalls: Int
  /// Queries that are suspended.
  public var queries: Int
  public var streams: Int
  /// Since its last call.
  public var idle: Duration
}

@Wire struct EntityQuestion {
  var kind: String
  var id: String
}

extension AskTopic {
  static let entity = AskTopic(rawValue: 14)
}

extension Shard {
  func report(on kind: UInt32, hash: UInt64, id: String) -> EntityReport {
    EntityReport(
      shard: word, parkedCalls: parked.count, entities: table.count, logEnd: journal.end.value, durableEnd: journal.durable.value,
      floor: floor.value, memory: table.find(kind: kind, hash: hash, id: id)?.inMemory(at: stage.loop.now),
      quarantine: quarantine(of: kind, id))
  }

  private var word: String {
    switch state {
    case .taking: "arriving"
    case .serving: "serving"
    case .sealing: "leaving"
    }
  }
}

extension Activation {
  fileprivate func inMemory(at now: Instant) -> EntityInMemory {
    EntityInMemory(
      phase: "\(phase)", waitingCalls: waitingCount, queries: Int(suspendedQueries), streams: Int(openStreams), idle: now - lastUsed)
  }
}
