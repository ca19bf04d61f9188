// Rows of the log, one a batch, as they are read with their shard's head. Checked whenever they are read.
import TroupeCluster
import TroupeJournal
import TroupeWire

struct LogRow {
  let first: Offset
  let count: Int
  let writer: WriterID
  let batch: UInt64
  let records: [UInt8]

  var end: Offset { first.advanced(by: count) }

  static func checksum(shard: ShardID, first: Offset, count: Int, writer: WriterID, batch: UInt64, records: RawSpan) -> UInt64 {
    Checksum.of(records, seed: Checksum.of(numbers: UInt64(shard.value), first.value, UInt64(count), writer.value, batch))
  }
}

/// A head and rows of its log, in order, of one instant.
struct LogExcerpt {
  let shard: ShardID
  let head: Head
  let rows: [LogRow]

  /// Nil when the shard's fence was never raised.
  static func read(_ answer: Rows?, of shard: ShardID) throws(StoreError) -> LogExcerpt? {
    guard let answer, !answer.isEmpty else { return nil }
    guard answer.isNull(0, 0), let head = try HeadRow.read(answer, of: shard, from: 6) else {
      throw .corrupt("shard \(shard) has a log and no head")
    }
    var rows: [LogRow] = []
    rows.reserveCapacity(answer.count - 1)
    for index in 1..<max(1, answer.count) {
      let row = LogRow(
        first: Offset(answer.uint(index, 0)), count: answer.int(index, 1), writer: WriterID(answer.uint(index, 2)),
        batch: answer.uint(index, 3), records: answer.bytes(index, 5))
      let checksum = LogRow.checksum(
        shard: shard, first: row.first, count: row.count, writer: row.writer, batch: row.batch, records: row.records.span.bytes)
      guard checksum == answer.uint(index, 4), row.count > 0 else {
        throw .corrupt("the batch at offset \(row.first) of shard \(shard): its checksum does not match its bytes")
      }
      rows.append(row)
    }
    return LogExcerpt(shard: shard, head: head, rows: rows)
  }

  /// Everything from an offset on, which the log still has; `isWhole`: to its end.
  func records(from: Offset, isWhole: Bool) throws(StoreError) -> [StoredRecord] {
    var records: [StoredRecord] = []
    var next = from
    for row in rows where row.end > from {
      guard row.first == next || (row.first < from && next == from) else { throw missing(next) }
      do throws(WireError) {
        try StoredRecord.decode(row.records.span.bytes, first: row.first, count: row.count, from: from) { records.append($0) }
      } catch {
        throw .corrupt("the batch at offset \(row.first) of shard \(shard): \(error)")
      }
      next = row.end
    }
    guard next <= head.end, !isWhole || from >= head.end || next == head.end else { throw missing(next) }
    return records
  }

  private func missing(_ offset: Offset) -> StoreError {
    .corrupt("the batch at offset \(offset) of shard \(shard) is missing, or is not where the log, which ends at \(head.end), has it")
  }

  func settle(_ name: BatchName) -> SettleOutcome {
    guard head.fence > name.fence else { return .stillOpen }
    guard head.end > name.from else { return .absent }
    // What lies below `kept` may be gone at any time, and counts as gone.
    guard let row = rows.first(where: { $0.first == name.from && $0.end > head.kept }) else {
      return name.from < head.floor ? .forgotten : .absent
    }
    return row.writer == name.writer && row.batch == name.batch ? .landed : .absent
  }
}
