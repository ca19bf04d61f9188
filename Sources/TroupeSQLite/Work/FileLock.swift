// A lock among processes: one file that stays empty. The kernel lets go of it when its holder ends, however it ends.
import GRDBSQLite
import Glibc

final class FileLock {
  private let file: Int32

  init(_ path: String) throws(SQLiteFailure) {
    file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw SQLiteFailure(code: SQLITE_CANTOPEN, message: "\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(file) }

  /// Blocks this thread until nobody else has it.
  func lock() {
    // Anything but a signal leaves the order to SQLite's own lock, and everything stays correct.
    while flock(file, LOCK_EX) != 0 && errno == EINTR {}
  }

  func unlock() { flock(file, LOCK_UN) }
}
