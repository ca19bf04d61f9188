import GRDBSQLite
// Whose turn it is to write, among the processes of one machine. SQLite's own lock is a race that sleepers lose: a process that
// commits without pause would starve the others. Two file locks make a queue of it: who comes next holds `next` while it waits
// for `now`, so who has just written cannot overtake it. A killed process lets go of both.
import Glibc

struct WriteTurn: ~Copyable {
  private let next: Int32
  private let now: Int32

  /// Locks `<path>.next` and `<path>.now`, which stay empty.
  init(_ path: String) throws(SQLiteFailure) {
    next = open(path + ".next", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    now = open(path + ".now", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard next >= 0, now >= 0 else {
      throw SQLiteFailure(code: SQLITE_CANTOPEN, message: "\(path).next cannot be opened: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    close(next)
    close(now)
  }

  /// Blocks this thread until it is this process's turn. A holder that is stopped stops us here; the watch answers the callers.
  func begin() {
    lock(next, LOCK_EX)
    lock(now, LOCK_EX)
    lock(next, LOCK_UN)
  }

  func end() {
    lock(now, LOCK_UN)
  }

  private func lock(_ file: Int32, _ operation: Int32) {
    while flock(file, operation) != 0 {
      // Anything but a signal leaves the fairness to SQLite's lock; it stays correct.
      guard errno == EINTR else { return }
    }
  }
}
