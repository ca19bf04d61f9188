// What the owner of a shard tells the next one: which entities are in memory, so that it can read them ahead; and, once the shard is
// sealed, what volatile ones know.

/// Of one shard that its owner still serves.
@Wire struct ReadAheadOrder: Hashable, Sendable {
  /// Entities named for a shard, the last used first.
  static let nameLimit = 512
  /// Records from the floor on. A longer tail is read when the shard has come, as after a death.
  static let recordLimit = 8_192
  /// Of their names, bytes.
  static let byteLimit = 32 << 10

  var shard: Int
  /// Where the shard's tail begins, and up to where its log is durable: what stands between them does not change any more.
  var floor: UInt64
  var end: UInt64
  var entities: [EntityName]
}

@Wire struct EntityName: Hashable, Sendable {
  var kind: UInt32
  var id: String
}

/// States of volatile entities of one shard that is sealed for one transfer. Of several parts, each adds to the ones before.
@Wire struct CarriedStates: Hashable, Sendable {
  /// Of one entity, bytes. What is larger stays behind.
  static let stateLimit = 1 << 20
  /// Of one part, after which the next begins: a link has other things to say as well.
  static let partSize = 256 << 10
  /// Of one shard, bytes. What is over it stays behind.
  static let shardLimit = 8 << 20

  var shard: Int
  var transfer: UInt64
  var states: [CarriedState]
}

@Wire struct CarriedState: Hashable, Sendable {
  var entity: EntityName
  var state: [UInt8]
}

extension AskTopic {
  static let readAhead = AskTopic(rawValue: 19)
  static let carry = AskTopic(rawValue: 23)
}
