// One row of the log: one batch of one shard. Checked whenever it is read.
import GRDB
import TroupeCluster
import TroupeJournal

struct LogRow {
  let row: UInt64
  let shard: ShardID
  /// The row of the shard's batch before this one; 0: this is the first.
  let previous: UInt64
  let first: Offset
  let count: Int
  let writer: WriterID
  let batch: UInt64
  let records: [UInt8]

  var end: Offset { first.advanced(by: count) }

  static func checksum(
    row: UInt64, shard: ShardID, previous: UInt64, first: Offset, count: Int, writer: WriterID, batch: UInt64, records: RawSpan
  ) -> UInt64 {
    let seed = Checksum.of(numbers: row, UInt64(shard.value), previous, first.value, UInt64(count), writer.value, batch)
    return Checksum.of(records, seed: seed)
  }
}

/// Rows of the log by number.
final class LogRows {
  private let select: Statement

  init(_ db: Database) throws(SQLiteFailure) {
    select = try Statement(db, "SELECT shard, previous, first, count, writer, batch, checksum, records FROM log WHERE row = ?1")
  }

  /// The row that must be a batch of this shard; throws `.corrupt`, naming it, when it is missing or not as it was written.
  func read(_ row: UInt64, of shard: ShardID) throws -> LogRow {
    select.bind(row, at: 1)
    guard try select.step() else {
      throw StoreError.corrupt("row \(row) of the log, a batch of shard \(shard), is missing")
    }
    defer { select.reset() }
    let found = LogRow(
      row: row, shard: shard, previous: select.uint(1), first: Offset(select.uint(2)), count: select.int(3),
      writer: WriterID(select.uint(4)), batch: select.uint(5), records: select.bytes(7))
    let checksum = LogRow.checksum(
      row: row, shard: shard, previous: found.previous, first: found.first, count: found.count, writer: found.writer,
      batch: found.batch, records: found.records.span.bytes)
    guard select.uint(0) == UInt64(shard.value), select.uint(6) == checksum else {
      throw StoreError.corrupt("row \(row) of the log, shard \(shard), offset \(found.first): its checksum does not match its bytes")
    }
    return found
  }
}
