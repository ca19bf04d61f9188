// The log's reader, on a connection of its own: take-overs and loads of entities go on while the writer flushes.
import GRDB
import TroupeCluster
import TroupeJournal
import TroupeWire

final class LogReader: Workbench {
  private let heads: HeadTable
  private let rows: LogRows
  private let snapshots: SnapshotTable
  private let marks: MarkTable
  private let consumers: ConsumerTable
  private let begin: Statement
  private let end: Statement
  private let file: String

  init(_ db: Database, in file: String) throws(SQLiteFailure) {
    heads = try HeadTable(db)
    rows = try LogRows(db)
    snapshots = try SnapshotTable(db)
    marks = try MarkTable(db)
    consumers = try ConsumerTable(db)
    begin = try Statement(db, "BEGIN")
    end = try Statement(db, "COMMIT")
    self.file = file
  }

  /// Calls that come together see one instant of the file: whoever looks at another instant has to read its pages anew, and shards'
  /// rows share pages.
  func work(_ take: () -> [any Job<LogReader>]) {
    let jobs = take()
    do throws(SQLiteFailure) { try begin.run() } catch {
      for job in jobs { job.fail(error.storeError(in: file)) }
      return
    }
    defer { try? end.run() }
    for job in jobs {
      do throws(SQLiteFailure) {
        try job.run(on: self)
        job.finish()
      } catch {
        job.fail(error.storeError(in: file))
      }
    }
  }

  // MARK: Calls

  func head(_ shard: ShardID) throws -> Head? { try heads.readWhole(shard) }

  func tail(_ shard: ShardID, from: Offset) throws -> [StoredRecord] {
    guard let head = try heads.read(shard) else { return [] }
    return try records(shard, head, from: max(from, head.floor))
  }

  /// Everything from an offset that is still there to the end.
  private func records(_ shard: ShardID, _ head: StoredHead, from: Offset) throws -> [StoredRecord] {
    var batches: [LogRow] = []
    try walk(shard, head, downTo: from) { batches.append($0) }
    var records: [StoredRecord] = []
    records.reserveCapacity(max(0, from.distance(to: head.end)))
    for row in batches.reversed() { try decode(row, from: from) { records.append($0) } }
    return records
  }

  func page(_ shard: ShardID, from: Offset, limit: Int) throws -> [StoredRecord] {
    guard let head = try heads.read(shard) else { return [] }
    guard from >= head.kept else { throw StoreError.cutOff(head.kept) }
    guard from < head.end else { return [] }
    var batches: [LogRow] = []
    let behind = from.advanced(by: limit)
    // The mark's row begins at or behind where the page ends: what it holds is not wanted, the row before it is.
    if let mark = try marks.first(shard, from: behind) {
      let row = try rows.read(mark, of: shard)
      try walk(shard, from: row.previous, end: row.first, downTo: from) { if $0.first < behind { batches.append($0) } }
    } else {
      try walk(shard, head, downTo: from) { if $0.first < behind { batches.append($0) } }
    }
    var records: [StoredRecord] = []
    for row in batches.reversed() {
      try decode(row, from: from) { if $0.offset < behind { records.append($0) } }
    }
    return records
  }

  func log(_ shard: ShardID, kind: UInt32, entity: String, limit: Int) throws -> [StoredRecord] {
    guard let head = try heads.read(shard) else { return [] }
    var newestFirst: [StoredRecord] = []
    try walk(shard, head, downTo: head.floor) { row in
      guard newestFirst.count < limit else { return }
      var found: [StoredRecord] = []
      try decode(row, from: head.floor) { if $0.kind == kind && $0.entity == entity { found.append($0) } }
      newestFirst += found.reversed()
    }
    return newestFirst.prefix(limit).reversed()
  }

  func settle(_ batch: BatchName) throws -> SettleOutcome {
    guard let head = try heads.read(batch.shard), head.fence > batch.fence else { return .stillOpen }
    guard head.end > batch.from else { return .absent }
    var outcome = batch.from < head.floor ? SettleOutcome.forgotten : .absent
    try walk(batch.shard, head, downTo: max(batch.from, head.floor)) { row in
      if row.first == batch.from { outcome = row.writer == batch.writer && row.batch == batch.batch ? .landed : .absent }
    }
    return outcome
  }

  func snapshot(_ shard: ShardID, kind: UInt32, entity: String) throws -> Snapshot? {
    try snapshots.read(shard, kind: kind, entity: entity)
  }

  func wakes(_ shard: ShardID, after: Wake?, before limit: Int64, count: Int) throws -> [Wake] {
    try snapshots.wakes(shard, after: after, before: limit, count: count)
  }

  func offsets(of shard: ShardID) throws -> [ConsumerOffset] { try consumers.read(shard) }

  func image(of shard: ShardID) throws -> ShardImage? {
    guard let stored = try heads.read(shard), let head = try heads.readWhole(shard) else { return nil }
    return ShardImage(
      shard: shard, head: head, records: try records(shard, stored, from: stored.kept), snapshots: try snapshots.all(of: shard),
      consumers: try consumers.read(shard))
  }

  func entities(_ shard: ShardID, kind: UInt32, after: String?, limit: Int) throws -> [String] {
    try snapshots.entities(shard, kind: kind, after: after ?? "", limit: limit)
  }

  // MARK: Along the rows

  /// From the newest batch back to the one that holds `floor`. Each must end where the next begins.
  private func walk(_ shard: ShardID, _ head: StoredHead, downTo floor: Offset, _ body: (LogRow) throws -> Void) throws {
    try walk(shard, from: head.lastRow, end: head.end, downTo: floor, body)
  }

  private func walk(
    _ shard: ShardID, from last: UInt64, end lastEnd: Offset, downTo floor: Offset, _ body: (LogRow) throws -> Void
  ) throws {
    var (row, end) = (last, lastEnd)
    while end > floor {
      let found = try rows.read(row, of: shard)
      guard found.end == end, found.count > 0 else {
        throw StoreError.corrupt("row \(row) of the log, shard \(shard), ends at \(found.end) and not at \(end)")
      }
      try body(found)
      (row, end) = (found.previous, found.first)
    }
  }

  private func decode(_ row: LogRow, from: Offset, _ body: (StoredRecord) -> Void) throws {
    do throws(WireError) {
      try StoredRecord.decode(row.records.span.bytes, first: row.first, count: row.count, from: from, body)
    } catch {
      throw StoreError.corrupt("row \(row.row) of the log, shard \(row.shard), offset \(row.first): \(error)")
    }
  }
}
