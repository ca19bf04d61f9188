// What the cluster looks like to whoever asks: for `status`, the landing page and the metrics.

/// One view of the cluster with what each of its nodes says of itself.
@Wire public struct ClusterStatus: Hashable {
  public var cluster: String
  public var epoch: UInt64
  public var shardCount: Int
  /// For each shard the index of its owner in `nodes`; `noOwner` where nobody has it.
  public var owners: [UInt16]
  public var nodes: [NodeStatus]

  public static let noOwner = UInt16.max
}

@Wire public struct NodeStatus: Hashable {
  public var id: String
  public var address: String
  public var zone: String
  /// As in the view: "active" or "draining"; "silent" when it did not answer.
  public var state: String
  public var version: String
  /// Shards it owns by the view.
  public var shards: Int
  /// Entities in its memory.
  public var entities: Int
  /// Calls that it has run since it started.
  public var calls: UInt64
  /// Durable turns that it has recorded since it started.
  public var durable: UInt64
  public var uptimeSeconds: Int
  public var leaseValid: Bool
  public var loops: Int
  /// Reminders whose command took effect since it started, and tries of reminders that failed.
  public var reminders: UInt64 = 0
  public var remindersFailed: UInt64 = 0
}

/// One record of an entity's history, for people.
@Wire public struct LogEntry: Hashable {
  public var offset: UInt64
  public var wallTimeMilliseconds: Int64
  public var method: UInt64
  public var isDelete: Bool
  /// Each encoded as the kind's event type.
  public var events: [[UInt8]]
}

extension LogEntry {
  public init(_ record: StoredRecord) {
    self.init(
      offset: record.offset.value, wallTimeMilliseconds: record.turn.wallTime, method: record.turn.method,
      isDelete: record.turn.isDelete, events: record.turn.events)
  }
}

/// Questions that a node answers on a link beside calls.
extension AskTopic {
  static let view = AskTopic(rawValue: 1)
  static let contract = AskTopic(rawValue: 2)
  static let status = AskTopic(rawValue: 3)
  static let entities = AskTopic(rawValue: 4)
  static let drain = AskTopic(rawValue: 5)
  static let log = AskTopic(rawValue: 6)
  static let consumers = AskTopic(rawValue: 11)
  static let restartConsumers = AskTopic(rawValue: 12)
  static let sagas = AskTopic(rawValue: 13)
}

extension AskTopic {
  /// What a certificate of another role is for: a gateway reads what it needs to find and to list entities, and what its operators' page
  /// shows; only nodes make and bury members; orders, and histories of whatever entity, are for operators.
  func mayBeAsked(by role: PeerRole) -> Bool {
    switch self {
    case .greet, .probe, .word, .unheard, .readAhead, .carry: role == .node
    case .drain, .set, .wish, .place, .log, .restartConsumers, .entity: role == .node || role == .operator
    default: true
    }
  }
}

@Wire struct ListQuestion {
  var kind: String
  var after: String?
  var limit: Int
}

@Wire struct LogQuestion {
  var kind: String
  var id: String
  var limit: Int
}
