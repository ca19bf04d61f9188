// One record of a shard's log, on its way in and as it comes back.
import TroupeWire

/// A record to append: what happened to one entity in one turn.
public struct Record: Hashable, Sendable {
  public let kind: UInt32
  public let entity: String
  /// A `TurnRecord`, encoded.
  public let payload: [UInt8]

  public init(kind: UInt32, entity: String, payload: [UInt8]) {
    self.kind = kind
    self.entity = entity
    self.payload = payload
  }

  public init(kind: UInt32, entity: String, turn: TurnRecord) {
    var writer = Writer()
    writer.write(turn)
    self.init(kind: kind, entity: entity, payload: writer.bytes)
  }
}

/// A record in the log.
public struct StoredRecord: Hashable, Sendable {
  public let offset: Offset
  public let kind: UInt32
  public let entity: String
  public let turn: TurnRecord

  public init(offset: Offset, kind: UInt32, entity: String, turn: TurnRecord) {
    self.offset = offset
    self.kind = kind
    self.entity = entity
    self.turn = turn
  }
}
