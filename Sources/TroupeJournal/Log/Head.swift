// The head of a shard's log, and the one rule by which appends are admitted. Pure: every store decides with this.
import TroupeCluster

/// Who may write to a shard's log, and how far it reaches.
public struct Head: Hashable, Sendable {
  public var fence: Fence
  /// Who raised the fence to where it is.
  public var owner: WriterID
  /// Where the next record goes.
  public var end: Offset
  /// What records below it said stands in snapshots: recovery begins here.
  public var floor: Offset
  /// Records below it may be gone. Not above the floor; below it while a consumer still has to read.
  public var kept: Offset
  /// The last batch: its writer (which may be an earlier owner), the id that the writer gave it, and its first offset.
  public var lastWriter: WriterID
  public var lastBatch: UInt64
  public var lastFrom: Offset

  public init(
    fence: Fence, owner: WriterID, end: Offset, floor: Offset, kept: Offset, lastWriter: WriterID, lastBatch: UInt64, lastFrom: Offset
  ) {
    self.fence = fence
    self.owner = owner
    self.end = end
    self.floor = floor
    self.kept = kept
    self.lastWriter = lastWriter
    self.lastBatch = lastBatch
    self.lastFrom = lastFrom
  }

  /// Of a log that nobody ever owned.
  public static let empty = Head(
    fence: Fence(0), owner: WriterID(0), end: Offset(0), floor: Offset(0), kept: Offset(0), lastWriter: WriterID(0),
    lastBatch: 0, lastFrom: Offset(0))

  // MARK: The rules

  /// What a store must do with a batch. A stale owner's batch never passes, whenever it arrives.
  public func verdict(on batch: AppendBatch) -> AppendVerdict {
    guard Sabotage.fence.isOn || (fence == batch.fence && owner == batch.writer && fence > Fence(0)) else { return .conflict }
    if end == batch.from { return .append }
    let isLast = lastWriter == batch.writer && lastBatch == batch.batch && lastFrom == batch.from && end == batch.end
    return isLast ? .duplicate : .conflict
  }

  public mutating func take(_ batch: AppendBatch) {
    lastWriter = batch.writer
    lastBatch = batch.batch
    lastFrom = batch.from
    end = batch.end
  }

  public mutating func raise(for writer: WriterID) {
    fence = fence.next
    owner = writer
  }

  /// Throws when a checkpoint may not be stored.
  public func admitSnapshots(_ snapshots: [SnapshotWrite], floor: Offset, kept: Offset, fence: Fence) throws(StoreError) {
    guard self.fence == fence else { throw .staleFence(self) }
    guard kept <= floor else { throw .invalid("records are kept from \(kept), which is above the floor \(floor)") }
    guard floor <= end else { throw .invalid("a floor of \(floor) is beyond the end \(end) of the log") }
    for snapshot in snapshots where snapshot.offset > end {
      throw .invalid("a snapshot of \(snapshot.entity) at \(snapshot.offset) is beyond the end \(end) of the log: it is not committed")
    }
  }
}

extension Head {
  /// Snapshots that were sent with an older floor come late: whatever they say is said by newer ones, or is gone, and would come back.
  public func isOutdated(floor: Offset) -> Bool { floor < self.floor }

  /// After a checkpoint that was admitted.
  public mutating func raise(floor: Offset, kept: Offset) {
    self.floor = max(self.floor, floor)
    self.kept = max(self.kept, kept)
  }
}

public enum AppendVerdict: Hashable, Sendable {
  case append, duplicate, conflict
}
