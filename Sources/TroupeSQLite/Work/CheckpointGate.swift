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

  /// Outside a transaction. Waits for nobody. What it cannot copy (a reader needs the old page, another process is at it, the disk is
  /// full) stays in the log, where it is as durable, for the next time.
  func copy(_ connection: OpaquePointer?) {
    guard !isShut else { return }
    let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    if code == Self.syncFailed { shut.store(true, ordering: .releasing) }
  }
}
