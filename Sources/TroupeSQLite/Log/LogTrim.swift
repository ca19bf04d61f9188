// Removes rows that no recovery needs any more, in the order of the log and a piece a transaction, so that it costs each group a
// little and none much. What it frees is written again; the file does not shrink.
import GRDB

final class LogTrim {
  /// Rows looked at in one transaction, at least: what is removed is written, and a commit waits for it.
  private static let piece: UInt64 = 128
  /// And twice as many as it adds: so a pass ends whatever is appended meanwhile.
  private static let catchUp: UInt64 = 2
  /// A pass begins once shards have let go of this many records and half of the rows there are: neighbours go together then, and few
  /// pages are written for the sake of one row.
  private static let worthwhile = 8_192

  private let oldest: Statement
  private let delete: Statement
  /// Records that shards have let go of since the last pass began.
  private var passed = 0
  /// The last row that this pass has looked at; nil between passes.
  private var position: UInt64?

  init(_ db: Database) throws(SQLiteFailure) {
    oldest = try Statement(db, "SELECT min(row) FROM log")
    delete = try Statement(
      db,
      """
      DELETE FROM log WHERE row > ?1 AND row <= ?2 AND EXISTS (
        SELECT 1 FROM heads WHERE heads.shard = log.shard AND log.first + log.count <= heads.kept AND log.row <> heads.last_row)
      """)
  }

  func letGo(of records: Int) { passed += records }

  /// Inside a transaction that has added so many rows. `newest`: behind the last row.
  func step(below newest: UInt64, added: UInt64) throws(SQLiteFailure) {
    if position == nil {
      guard passed >= Self.worthwhile else { return }
      let first = try oldestRow()
      guard UInt64(passed) >= (newest - first) / 2 else { return }
      passed = 0
      position = first == 0 ? 0 : first - 1
    }
    guard let from = position else { return }
    let end = from + max(Self.piece, added * Self.catchUp)
    delete.bind(from, at: 1)
    delete.bind(end, at: 2)
    try delete.run()
    position = end >= newest ? nil : end
  }

  private func oldestRow() throws(SQLiteFailure) -> UInt64 {
    defer { oldest.reset() }
    return try oldest.step() ? oldest.uint(0) : 0
  }
}
