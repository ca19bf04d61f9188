// Whose turn it is to write, among the processes of one machine. SQLite's own lock is a race that sleepers lose: a process that
// commits without pause would starve the others. Two file locks make a queue of it: who comes next holds `next` while it waits
// for `now`, so who has just written cannot overtake it.

struct WriteTurn {
  private let next: FileLock
  private let now: FileLock

  /// Locks `<path>.next` and `<path>.now`.
  init(_ path: String) throws(SQLiteFailure) {
    next = try FileLock(path + ".next")
    now = try FileLock(path + ".now")
  }

  /// Blocks this thread until it is this process's turn. A holder that is stopped stops us here; the watch answers the callers.
  func begin() {
    next.lock()
    now.lock()
    next.unlock()
  }

  func end() { now.unlock() }
}
