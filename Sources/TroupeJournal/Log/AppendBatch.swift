// What one owner appends to one shard's log at once, and what came of it.
public import TroupeCluster

/// Consecutive records for one shard: all of them are appended, or none.
public struct AppendBatch: Sendable {
  public let shard: ShardID
  public let fence: Fence
  public let writer: WriterID
  /// The writer's own number; together with writer and offset it names the batch for ever.
  public let batch: UInt64
  /// Where the first record goes: the head's end, or the batch is a conflict.
  public let from: Offset
  public let records: [Record]

  public init(shard: ShardID, fence: Fence, writer: WriterID, batch: UInt64, from: Offset, records: [Record]) {
    self.shard = shard
    self.fence = fence
    self.writer = writer
    self.batch = batch
    self.from = from
    self.records = records
  }

  /// Behind the last record.
  public var end: Offset { from.advanced(by: records.count) }
  public var name: BatchName { BatchName(shard: shard, fence: fence, writer: writer, batch: batch, from: from) }

  /// Throws when no store may take it.
  public func validate() throws(StoreError) {
    guard !records.isEmpty else { throw .invalid("batch \(batch) of shard \(shard) is empty") }
    guard records.count <= StoreLimits.batchRecords else {
      throw .invalid("batch \(batch) of shard \(shard) has \(records.count) records, more than \(StoreLimits.batchRecords)")
    }
    let bytes = records.reduce(0) { $0 + $1.payload.count }
    guard bytes <= StoreLimits.batchBytes else {
      throw .invalid("batch \(batch) of shard \(shard) has \(bytes) bytes, more than \(StoreLimits.batchBytes)")
    }
  }
}

/// Names a batch whose append had an unknown outcome.
public struct BatchName: Hashable, Sendable {
  public let shard: ShardID
  public let fence: Fence
  public let writer: WriterID
  public let batch: UInt64
  public let from: Offset

  public init(shard: ShardID, fence: Fence, writer: WriterID, batch: UInt64, from: Offset) {
    self.shard = shard
    self.fence = fence
    self.writer = writer
    self.batch = batch
    self.from = from
  }
}

public enum AppendOutcome: Hashable, Sendable {
  /// Durable; the log's end is here now.
  case appended(Offset)
  /// Nothing of the batch was appended. This is the head.
  case conflict(Head)
}

public enum SettleOutcome: Hashable, Sendable {
  /// It is in the log.
  case landed
  /// It is not, and never will be.
  case absent
  /// The fence is not above the batch's: it may still land. Raise the fence first.
  case stillOpen
  /// Its place is below the floor: somebody went on from there, and what stood there is gone.
  case forgotten
}
