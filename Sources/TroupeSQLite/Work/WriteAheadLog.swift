// How far the write-ahead log has grown, and copying it into the database file. A commit would do that by itself, and its callers
// would wait for it; so it is ours (`wal_autocheckpoint` is off), after the answers or on a thread of its own.
import GRDB
import GRDBSQLite

final class WriteAheadLog {
  /// Pages (4 KiB) that are worth copying: 16 MiB.
  private static let duePages: Int32 = 4_000
  /// Commits that a reader of old pages may keep the log from starting over, before that waits for the next copy.
  private static let tries = 8

  private let connection: OpaquePointer
  /// Pages in the log after this connection's last commit; SQLite writes it.
  private let pages: UnsafeMutablePointer<Int32>
  private var askedAt: Int32 = 0
  private var triesLeft = 0
  private var space: WriteAheadSpace

  init(_ db: Database) throws(SQLiteFailure) {
    guard let connection = db.sqliteConnection else { throw SQLiteFailure(nil) }
    self.connection = connection
    space = WriteAheadSpace(connection)
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

  /// Pages, after this connection's last commit.
  var size: Int32 { pages.pointee }

  /// Whether it has grown enough since this was last true.
  func isDue() -> Bool {
    if size < askedAt { askedAt = 0 }
    guard size - askedAt >= Self.duePages else { return false }
    askedAt = size
    return true
  }

  /// Outside a transaction.
  func copy(through gate: CheckpointGate) { gate.copy(connection) }

  /// Outside a transaction, while nobody else may write, so that it can be copied to its very end: then the next commit starts it over.
  /// Without this, processes that write without pause would let it grow for ever.
  func finish(_ checkpoints: Checkpoints) {
    if checkpoints.takeNearness() { triesLeft = Self.tries }
    guard triesLeft > 0 else { return }
    guard size >= askedAt else { return triesLeft = 0 }
    triesLeft -= 1
    copy(through: checkpoints.gate)
  }

  /// Outside a transaction, while nobody else may write.
  func makeRoom() { space.reach(behind: size) }
}
