// Where a forward read may begin: the rows of every so many records of a shard. The rows themselves only lead backwards.
import GRDB
import TroupeCluster
import TroupeJournal

final class MarkTable {
  /// Records of a shard between two marks: what a page reads in vain at the most, and one more row in as many.
  private static let spacing: UInt64 = 256

  private let insert: Statement
  private let select: Statement
  private let delete: Statement

  init(_ db: Database) throws(SQLiteFailure) {
    insert = try Statement(db, "INSERT OR REPLACE INTO marks VALUES (?1, ?2, ?3)")
    select = try Statement(db, "SELECT row FROM marks WHERE shard = ?1 AND first >= ?2 ORDER BY first LIMIT 1")
    delete = try Statement(db, "DELETE FROM marks WHERE shard = ?1 AND first < ?2")
  }

  /// Whether a multiple of the spacing lies in the batch.
  static func isDue(_ batch: AppendBatch) -> Bool {
    batch.from.value.isMultiple(of: spacing) || batch.from.value / spacing != (batch.end.value - 1) / spacing
  }

  func add(_ shard: ShardID, first: Offset, row: UInt64) throws(SQLiteFailure) {
    insert.bind(Int(shard.value), at: 1)
    insert.bind(first.value, at: 2)
    insert.bind(row, at: 3)
    try insert.run()
  }

  /// The first marked row that begins at an offset or behind it.
  func first(_ shard: ShardID, from offset: Offset) throws(SQLiteFailure) -> UInt64? {
    select.bind(Int(shard.value), at: 1)
    select.bind(offset.value, at: 2)
    defer { select.reset() }
    return try select.step() ? select.uint(0) : nil
  }

  func remove(_ shard: ShardID, below offset: Offset) throws(SQLiteFailure) {
    delete.bind(Int(shard.value), at: 1)
    delete.bind(offset.value, at: 2)
    try delete.run()
  }
}
