// Copies what the write-ahead log has gathered into the database file, behind everybody's back: after the callers of a group were
// answered, while other processes go on writing. Without it a commit would do it, and its callers would wait.
import GRDB
import GRDBSQLite

final class Checkpointer {
  /// Pages (4 KiB) in the write-ahead log at which they are copied.
  private static let duePages: Int32 = 4_000
  /// Pages at which it is finished while nobody else may write: with several processes writing without pause, the log could
  /// otherwise never start over. 128 MiB.
  private static let pressingPages: Int32 = 32_000

  private let connection: OpaquePointer
  /// Pages in the log after this connection's last commit; SQLite writes it.
  private let pages: UnsafeMutablePointer<Int32>
  private var copiedAt: Int32 = 0

  init(_ db: Database) throws(SQLiteFailure) {
    guard let connection = db.sqliteConnection else { throw SQLiteFailure(nil) }
    self.connection = connection
    pages = .allocate(capacity: 1)
    pages.initialize(to: 0)
    sqlite3_wal_hook(
      connection,
      { pages, _, _, count in
        pages?.assumingMemoryBound(to: Int32.self).pointee = count
        return SQLITE_OK
      }, pages)
  }

  deinit {
    sqlite3_wal_hook(connection, nil, nil)
    pages.deallocate()
  }

  /// Outside a transaction.
  func runIfDue() {
    if pages.pointee < copiedAt { copiedAt = 0 }
    guard pages.pointee - copiedAt >= Self.duePages else { return }
    copy()
  }

  /// While this process has the turn to write.
  func runIfPressing() {
    guard pages.pointee >= Self.pressingPages else { return }
    copy()
  }

  /// Passive: waits for nobody. What it cannot copy (a reader still needs the old page, the disk is full) stays in the log,
  /// where it is as durable, for the next time.
  private func copy() {
    copiedAt = pages.pointee
    _ = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }
}
