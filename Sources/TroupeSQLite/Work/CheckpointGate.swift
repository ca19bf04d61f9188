// Whether a write-ahead log may still be copied into its database. A copy that did not reach the log's end, because a reader or a commit
// came between, is counted by SQLite and not synced: the sync of a later one answers for it. When that sync fails the kernel takes those
// pages for written; another copy would sync, count as whole, and let the log start over without them.
import GRDBSQLite
import Synchronization

final class CheckpointGate: Sendable {
  /// SQLITE_IOERR_FSYNC, a macro that Swift does not import.
  private static let syncFailed = SQLITE_IOERR | 4 << 8

  private let shut = Atomic(false)

  /// A sync has failed: the log keeps everything from now on, and grows. Who opens the files when everybody has closed them copies it all.
  var isShut: Bool { shut.load(ordering: .acquiring) }
  func syncHasFailed() { shut.store(true, ordering: .releasing) }

  /// Outside a transaction. Waits for nobody. What it cannot copy (a reader needs the old page, another process is at it, the disk is
  /// full) stays in the log, where it is as durable, for the next time. Answers how many pages the log had; nil when nothing was copied.
  @discardableResult
  func copy(_ connection: OpaquePointer?) -> Int32? {
    guard !isShut else { return nil }
    var pages: Int32 = 0
    let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, nil)
    if code == Self.syncFailed { syncHasFailed() }
    return code == SQLITE_OK ? pages : nil
  }

  /// Syncs what copies have left to a later one, so that the one that reaches the log's end, for which a commit waits, has little to sync.
  func sync(_ connection: OpaquePointer?) -> Bool {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file else { return false }
    guard file.pointee.pMethods.pointee.xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK else {
      syncHasFailed()
      return false
    }
    return true
  }
}
