// The log's writer: everything that waits becomes one transaction, so that a thousand appends share one flush.
import GRDB
import TroupeCluster
import TroupeJournal
import TroupeWire

final class LogWriter: Workbench {
  private let heads: HeadTable
  private let snapshots: SnapshotTable
  private let marks: MarkTable
  private let consumers: ConsumerTable
  private let trim: LogTrim
  private let insert: Statement
  private let newest: Statement
  private let transaction: Transaction
  private let writeAheadLog: WriteAheadLog
  private let checkpoints: Checkpoints
  private let turn: WriteTurn
  /// The next batch's, inside a transaction.
  private var row: UInt64 = 0
  /// Reused for the bytes of each batch.
  private var scratch = Writer()

  init(_ db: Database, in file: String, _ checkpoints: Checkpoints) throws(SQLiteFailure) {
    heads = try HeadTable(db)
    snapshots = try SnapshotTable(db)
    marks = try MarkTable(db)
    consumers = try ConsumerTable(db)
    trim = try LogTrim(db)
    insert = try Statement(db, "INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
    newest = try Statement(db, "SELECT max(row) FROM log")
    transaction = try Transaction(db, file: file)
    writeAheadLog = try WriteAheadLog(db)
    self.checkpoints = checkpoints
    turn = try WriteTurn(file)
  }

  func work(_ take: () -> [any Job<LogWriter>]) {
    var jobs: [any Job<LogWriter>] = []
    turn.begin()
    let failure = transaction.run { () throws(SQLiteFailure) in
      jobs = take()
      row = try newestRow() + 1
      let first = row
      for job in jobs { try job.run(on: self) }
      try trim.step(below: row, added: row - first)
    }
    if failure != nil {
      heads.forget()
    } else {
      writeAheadLog.finish(checkpoints)
      writeAheadLog.makeRoom()
    }
    turn.end()
    if failure != nil && jobs.isEmpty { jobs = take() }
    for job in jobs {
      if let failure { job.fail(failure) } else { job.finish() }
    }
  }

  func tidy() {
    if writeAheadLog.isDue() { checkpoints.ask() }
  }

  private func newestRow() throws(SQLiteFailure) -> UInt64 {
    defer { newest.reset() }
    return try newest.step() ? newest.uint(0) : 0
  }

  // MARK: Calls

  func append(_ batches: [AppendBatch]) throws(SQLiteFailure) -> [AppendOutcome] {
    var outcomes: [AppendOutcome] = []
    outcomes.reserveCapacity(batches.count)
    for batch in batches { outcomes.append(try append(batch)) }
    return outcomes
  }

  private func append(_ batch: AppendBatch) throws(SQLiteFailure) -> AppendOutcome {
    guard let previous = try heads.advance(for: batch, row: row) else {
      return try refuse(batch)
    }
    try insert(batch, previous: previous)
    return .appended(batch.end)
  }

  /// As the next row.
  private func insert(_ batch: AppendBatch, previous: UInt64) throws(SQLiteFailure) {
    scratch.removeAll(keepingCapacity: true)
    batch.encodeRecords(into: &scratch)
    let records = scratch.bytes
    insert.bind(row, at: 1)
    insert.bind(Int(batch.shard.value), at: 2)
    insert.bind(previous, at: 3)
    insert.bind(batch.from.value, at: 4)
    insert.bind(batch.records.count, at: 5)
    insert.bind(batch.writer.value, at: 6)
    insert.bind(batch.batch, at: 7)
    let checksum = LogRow.checksum(
      row: row, shard: batch.shard, previous: previous, first: batch.from, count: batch.records.count, writer: batch.writer,
      batch: batch.batch, records: records.span.bytes)
    insert.bind(checksum, at: 8)
    try insert.run(bytes: records.span.bytes, at: 9)
    if MarkTable.isDue(batch) { try marks.add(batch.shard, first: batch.from, row: row) }
    row += 1
  }

  /// A head that cannot be read is a conflict too: the group is not lost for it, and who raises the fence hears its name.
  private func refuse(_ batch: AppendBatch) throws(SQLiteFailure) -> AppendOutcome {
    do {
      let head = try heads.readWhole(batch.shard) ?? .empty
      return head.verdict(on: batch) == .duplicate ? .appended(head.end) : .conflict(head)
    } catch let failure as SQLiteFailure {
      throw failure
    } catch {
      return .conflict(.empty)
    }
  }

  func raiseFence(_ shard: ShardID, writer: WriterID) throws -> Head {
    var head = try heads.readWhole(shard) ?? .empty
    var stored = try heads.read(shard) ?? .empty
    head.raise(for: writer)
    stored.fence = head.fence
    stored.owner = head.owner
    try heads.write(stored, of: shard)
    return head
  }

  func write(_ writes: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence) throws {
    var head = try heads.readWhole(shard) ?? .empty
    try head.admitSnapshots(writes, floor: floor, kept: kept, fence: fence)
    if head.isOutdated(floor: floor) { return }
    for write in writes { try snapshots.write(write, shard: shard) }
    guard floor > head.floor || kept > head.kept, var stored = try heads.read(shard) else { return }
    head.raise(floor: floor, kept: kept)
    trim.letGo(of: stored.kept.distance(to: head.kept))
    if head.kept > stored.kept { try marks.remove(shard, below: head.kept) }
    (stored.floor, stored.kept) = (head.floor, head.kept)
    try heads.write(stored, of: shard)
  }

  func write(_ offsets: [ConsumerOffset], shard: ShardID, fence: Fence) throws {
    let head = try heads.readWhole(shard) ?? .empty
    guard head.fence == fence else { throw StoreError.staleFence(head) }
    for offset in offsets { try consumers.write(offset, shard: shard) }
  }

  func adopt(_ image: ShardImage) throws {
    guard try heads.read(image.shard) == nil else { throw StoreError.invalid("shard \(image.shard) is here already") }
    var previous: UInt64 = 0
    for batch in image.batches {
      let own = row
      try insert(batch, previous: previous)
      previous = own
    }
    for write in image.snapshots { try snapshots.write(write, shard: image.shard) }
    for offset in image.consumers { try consumers.write(offset, shard: image.shard) }
    let head = image.head
    let stored = StoredHead(
      fence: head.fence, owner: head.owner, end: head.end, floor: head.floor, kept: head.kept, lastRow: previous)
    try heads.write(stored, of: image.shard)
  }
}
