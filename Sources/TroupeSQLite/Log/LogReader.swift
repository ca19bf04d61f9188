// The log's reader, on a connection of its own: take-overs and loads of entities go on while the writer flushes.
import GRDB
import TroupeCluster
import TroupeJournal
import TroupeWire

final class LogReader: Workbench {
  private let heads: HeadTable
  private let rows: LogRows
  private let snapshots: SnapshotTable
  private let begin: Statement
  private let end: Statement
  private let file: String

  init(_ db: Database, in file: String) throws(SQLiteFailure) {
    heads = try HeadTable(db)
    rows = try LogRows(db)
    snapshots = try SnapshotTable(db)
    begin = try Statement(db, "BEGIN")
    end = try Statement(db, "COMMIT")
    self.file = file
  }

  /// Each call sees one instant of the file.
  func work(_ take: () -> [any Job<LogReader>]) {
    for job in take() {
      do throws(SQLiteFailure) {
        try begin.run()
        defer { try? end.run() }
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
    let from = max(from, head.floor)
    var batches: [LogRow] = []
    try walk(shard, head, downTo: from) { batches.append($0) }
    var records: [StoredRecord] = []
    records.reserveCapacity(max(0, from.distance(to: head.end)))
    for row in batches.reversed() { try decode(row, from: from) { records.append($0) } }
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

  func entities(_ shard: ShardID, kind: UInt32, after: String?, limit: Int) throws -> [String] {
    try snapshots.entities(shard, kind: kind, after: after ?? "", limit: limit)
  }

  // MARK: Along the rows

  /// From the newest batch back to the one that holds `floor`. Each must end where the next begins.
  private func walk(_ shard: ShardID, _ head: StoredHead, downTo floor: Offset, _ body: (LogRow) throws -> Void) throws {
    var (row, end) = (head.lastRow, head.end)
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
