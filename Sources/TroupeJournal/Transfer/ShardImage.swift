// Everything that a store has of one shard, on its way to another store. Only for clusters that stand still.
public import TroupeCluster

public struct ShardImage: Hashable, Sendable {
  public let shard: ShardID
  public let head: Head
  /// From `head.kept` to `head.end`, without gap.
  public let records: [StoredRecord]
  /// In order of kind, then of the bytes of the entity's id; each has a state.
  public let snapshots: [SnapshotWrite]
  /// In order of their groups.
  public let consumers: [ConsumerOffset]

  public init(shard: ShardID, head: Head, records: [StoredRecord], snapshots: [SnapshotWrite], consumers: [ConsumerOffset]) {
    self.shard = shard
    self.head = head
    self.records = records
    self.snapshots = snapshots
    self.consumers = consumers
  }

  /// Throws when it is not one history.
  public func validate() throws(StoreError) {
    guard head.fence > Fence(0), head.kept <= head.floor, head.floor <= head.end else {
      throw .invalid("the head of shard \(shard) contradicts itself: \(head)")
    }
    guard records.count == head.kept.distance(to: head.end) else {
      throw .invalid("shard \(shard) has \(records.count) records from \(head.kept) to \(head.end)")
    }
    for (index, record) in records.enumerated() where record.offset != head.kept.advanced(by: index) {
      throw .invalid("shard \(shard) has the record of offset \(record.offset) at \(head.kept.advanced(by: index))")
    }
    for snapshot in snapshots where snapshot.offset > head.end || snapshot.state == nil {
      throw .invalid("shard \(shard) has a snapshot of \(snapshot.entity) that is beyond its log, or empty")
    }
  }

  /// The records as batches that a store may write; the last is the one that the head names, when its records are all here.
  public var batches: [AppendBatch] {
    var batches: [AppendBatch] = []
    let lastFrom = head.lastFrom >= head.kept && head.lastWriter != WriterID(0) ? head.lastFrom : head.end
    for (start, end) in [(head.kept, lastFrom), (lastFrom, head.end)] {
      let slice = records[head.kept.distance(to: start)..<head.kept.distance(to: end)]
      var from = start
      var piece: [Record] = []
      var bytes = 0
      func isLast() -> Bool { start == lastFrom }
      for stored in slice {
        let record = Record(kind: stored.kind, entity: stored.entity, turn: stored.turn)
        if !isLast(), piece.count == Self.pieceRecords || bytes + record.payload.count > Self.pieceBytes, !piece.isEmpty {
          batches.append(batch(from, piece, isLast: false))
          from = from.advanced(by: piece.count)
          (piece, bytes) = ([], 0)
        }
        piece.append(record)
        bytes += record.payload.count
      }
      if !piece.isEmpty { batches.append(batch(from, piece, isLast: isLast())) }
    }
    return batches
  }

  private static let pieceRecords = 256
  private static let pieceBytes = 1 << 20

  private func batch(_ from: Offset, _ records: [Record], isLast: Bool) -> AppendBatch {
    AppendBatch(
      shard: shard, fence: head.fence, writer: isLast ? head.lastWriter : WriterID(0), batch: isLast ? head.lastBatch : 0, from: from,
      records: records)
  }
}
