// A row of `troupe_heads`: a head in four parts, each with a checksum of its own, so that an append, which knows fence and end and
// nothing of the floor, can move the end and check what it moves in one statement.
import TroupeCluster
import TroupeJournal

struct HeadRow {
  static let columns =
    "fence, owner, fence_check, end_offset, end_check, last_writer, last_batch, last_from, last_check, floor, kept, floor_check"

  static func fenceCheck(_ shard: ShardID, _ fence: Fence, _ owner: WriterID) -> UInt64 {
    Checksum.of(numbers: 1, UInt64(shard.value), fence.value, owner.value)
  }

  static func endCheck(_ shard: ShardID, _ end: Offset) -> UInt64 { Checksum.of(numbers: 2, UInt64(shard.value), end.value) }

  static func lastCheck(_ shard: ShardID, writer: WriterID, batch: UInt64, from: Offset, end: Offset) -> UInt64 {
    Checksum.of(numbers: 3, UInt64(shard.value), writer.value, batch, from.value, end.value)
  }

  static func floorCheck(_ shard: ShardID, floor: Offset, kept: Offset) -> UInt64 {
    Checksum.of(numbers: 4, UInt64(shard.value), floor.value, kept.value)
  }

  /// All columns of a head, in their order.
  static func values(_ head: Head, of shard: ShardID) -> [UInt64] {
    [
      head.fence.value, head.owner.value, fenceCheck(shard, head.fence, head.owner), head.end.value, endCheck(shard, head.end),
      head.lastWriter.value, head.lastBatch, head.lastFrom.value,
      lastCheck(shard, writer: head.lastWriter, batch: head.lastBatch, from: head.lastFrom, end: head.end), head.floor.value,
      head.kept.value, floorCheck(shard, floor: head.floor, kept: head.kept),
    ]
  }

  /// Nil when there is no row. Throws `.corrupt` when a part is not as it was written.
  static func read(_ rows: Rows?, of shard: ShardID, from column: Int = 0) throws(StoreError) -> Head? {
    guard let rows, !rows.isEmpty else { return nil }
    func value(_ index: Int) -> UInt64 { rows.uint(0, column + index) }
    let head = Head(
      fence: Fence(value(0)), owner: WriterID(value(1)), end: Offset(value(3)), floor: Offset(value(9)), kept: Offset(value(10)),
      lastWriter: WriterID(value(5)), lastBatch: value(6), lastFrom: Offset(value(7)))
    guard values(head, of: shard) == (0..<12).map(value) else {
      throw .corrupt("the head of shard \(shard): its checksum does not match its row")
    }
    return head
  }
}
