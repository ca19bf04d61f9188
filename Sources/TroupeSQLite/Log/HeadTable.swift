// The heads of the shards' logs. A head is changed by compare-and-set on its whole row, so what this process remembers of it
// saves reading it but is never trusted.
import GRDB
import TroupeCluster
import TroupeJournal

struct StoredHead {
  var fence: Fence
  var owner: WriterID
  var end: Offset
  var floor: Offset
  /// Rows below it may be gone.
  var kept: Offset
  /// The row of the shard's last batch; 0: none.
  var lastRow: UInt64

  static let empty = StoredHead(fence: Fence(0), owner: WriterID(0), end: Offset(0), floor: Offset(0), kept: Offset(0), lastRow: 0)

  func checksum(of shard: ShardID) -> UInt64 {
    Checksum.of(numbers: UInt64(shard.value), fence.value, owner.value, end.value, floor.value, lastRow, kept.value)
  }

  func admits(_ batch: AppendBatch) -> Bool {
    fence == batch.fence && owner == batch.writer && end == batch.from && fence > Fence(0)
  }

  /// `last`: the row at `lastRow`.
  func head(last: LogRow?) -> Head {
    Head(
      fence: fence, owner: owner, end: end, floor: floor, kept: kept, lastWriter: last?.writer ?? WriterID(0), lastBatch: last?.batch ?? 0,
      lastFrom: last?.first ?? Offset(0))
  }
}

final class HeadTable {
  private let select: Statement
  private let replace: Statement
  private let change: Statement
  private let rows: LogRows
  /// By shard; grown to those that were written.
  private var remembered: [Remembered?] = []

  private struct Remembered {
    let head: StoredHead
    let checksum: UInt64
  }

  init(_ db: Database) throws(SQLiteFailure) {
    select = try Statement(db, "SELECT fence, owner, end, floor, last_row, checksum, kept FROM heads WHERE shard = ?1")
    replace = try Statement(db, "INSERT OR REPLACE INTO heads VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
    change = try Statement(
      db,
      """
      UPDATE heads SET end = ?1, last_row = ?2, checksum = ?3
      WHERE shard = ?4 AND fence = ?5 AND owner = ?6 AND end = ?7 AND checksum = ?8
      """)
    rows = try LogRows(db)
  }

  // MARK: Reading

  private enum Found {
    case none
    case sound(StoredHead)
    case damaged
  }

  private func find(_ shard: ShardID) throws(SQLiteFailure) -> Found {
    select.bind(Int(shard.value), at: 1)
    guard try select.step() else { return .none }
    defer { select.reset() }
    let head = StoredHead(
      fence: Fence(select.uint(0)), owner: WriterID(select.uint(1)), end: Offset(select.uint(2)), floor: Offset(select.uint(3)),
      kept: Offset(select.uint(6)), lastRow: select.uint(4))
    return select.uint(5) == head.checksum(of: shard) ? .sound(head) : .damaged
  }

  /// Nil when the shard's fence was never raised. Throws `.corrupt` when the row is not as it was written.
  func read(_ shard: ShardID) throws -> StoredHead? {
    switch try find(shard) {
    case .none: return nil
    case .sound(let head): return head
    case .damaged: throw StoreError.corrupt("the head of shard \(shard): its checksum does not match its row")
    }
  }

  /// With the last batch, whose row must end where the head says.
  func readWhole(_ shard: ShardID) throws -> Head? {
    guard let stored = try read(shard) else { return nil }
    guard stored.lastRow != 0 else { return stored.head(last: nil) }
    let last = try rows.read(stored.lastRow, of: shard)
    guard last.end == stored.end else {
      throw StoreError.corrupt("the head of shard \(shard) ends at \(stored.end), its last batch (row \(last.row)) at \(last.end)")
    }
    return stored.head(last: last)
  }

  // MARK: Changing, inside a transaction

  /// Moves the head behind the batch; answers the row of the batch before it, or nil when the head does not admit the batch.
  func advance(for batch: AppendBatch, row: UInt64) throws(SQLiteFailure) -> UInt64? {
    if batch.shard.index < remembered.count, let known = remembered[batch.shard.index], known.head.admits(batch),
      try advance(known, for: batch, row: row)
    {
      return known.head.lastRow
    }
    let stored: StoredHead
    switch try find(batch.shard) {
    case .sound(let found) where found.admits(batch): stored = found
    default: return nil
    }
    let read = Remembered(head: stored, checksum: stored.checksum(of: batch.shard))
    return try advance(read, for: batch, row: row) ? stored.lastRow : nil
  }

  private func advance(_ old: Remembered, for batch: AppendBatch, row: UInt64) throws(SQLiteFailure) -> Bool {
    var new = old.head
    new.end = batch.end
    new.lastRow = row
    let checksum = new.checksum(of: batch.shard)
    change.bind(new.end.value, at: 1)
    change.bind(row, at: 2)
    change.bind(checksum, at: 3)
    change.bind(Int(batch.shard.value), at: 4)
    change.bind(old.head.fence.value, at: 5)
    change.bind(old.head.owner.value, at: 6)
    change.bind(old.head.end.value, at: 7)
    change.bind(old.checksum, at: 8)
    try change.run()
    guard change.changes == 1 else { return false }
    remember(new, checksum, of: batch.shard)
    return true
  }

  private func remember(_ head: StoredHead, _ checksum: UInt64, of shard: ShardID) {
    let missing = shard.index + 1 - remembered.count
    if missing > 0 { remembered.append(contentsOf: repeatElement(nil, count: missing)) }
    remembered[shard.index] = Remembered(head: head, checksum: checksum)
  }

  func write(_ head: StoredHead, of shard: ShardID) throws(SQLiteFailure) {
    replace.bind(Int(shard.value), at: 1)
    replace.bind(head.fence.value, at: 2)
    replace.bind(head.owner.value, at: 3)
    replace.bind(head.end.value, at: 4)
    replace.bind(head.floor.value, at: 5)
    replace.bind(head.lastRow, at: 6)
    let checksum = head.checksum(of: shard)
    replace.bind(checksum, at: 7)
    replace.bind(head.kept.value, at: 8)
    try replace.run()
    remember(head, checksum, of: shard)
  }

  /// After a rollback.
  func forget() { remembered = [] }

  // MARK: From format 2

  /// Heads had no `kept`: rows below the floor were free to go. Checks each by its old checksum and writes its new one.
  static func addKept(_ db: Database) throws {
    let select = try Statement(db, "SELECT shard, fence, owner, end, floor, last_row, checksum FROM heads")
    var heads: [(shard: ShardID, head: StoredHead)] = []
    while try select.step() {
      let shard = ShardID(select.int(0))
      let head = StoredHead(
        fence: Fence(select.uint(1)), owner: WriterID(select.uint(2)), end: Offset(select.uint(3)), floor: Offset(select.uint(4)),
        kept: Offset(select.uint(4)), lastRow: select.uint(5))
      let old = Checksum.of(
        numbers: UInt64(shard.value), head.fence.value, head.owner.value, head.end.value, head.floor.value, head.lastRow)
      // A damaged one stays damaged: found when it is read, and not made good here.
      if old == select.uint(6) { heads.append((shard, head)) }
    }
    let table = try HeadTable(db)
    for (shard, head) in heads { try table.write(head, of: shard) }
  }
}
