// How far the write-ahead log has grown, and copying it into the database file. A commit would do that by itself, and its callers
// would wait for it; so it is ours (`wal_autocheckpoint` is off), after the answers or on a thread of its own.
import GRDB
import GRDBSQLite

final class WriteAheadLog {
  /// Pages (4 KiB) that are worth copying: 16 MiB.
  private static let duePages: Int32 = 4_000
  /// Pages at which the copy is finished while nobody else may write: processes that write without pause would otherwise never
  /// let the log start over. 64 MiB.
  private static let pressingPages: Int32 = 16_000

  private let connection: OpaquePointer
  /// Pages in the log after this connection's last commit; SQLite writes it.
  private let pages: UnsafeMutablePointer<Int32>
  private var askedAt: Int32 = 0

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

  /// Whether it has grown enough since this was last true.
  func isDue() -> Bool {
    if pages.pointee < askedAt { askedAt = 0 }
    guard pages.pointee - askedAt >= Self.duePages else { return false }
    askedAt = pages.pointee
    return true
  }

  var isPressing: Bool { pages.pointee >= Self.pressingPages }

  /// Outside a transaction.
  func copy(through gate: CheckpointGate) { gate.copy(connection) }
}
