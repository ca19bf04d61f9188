// Threads of a pool block almost every signal, and a child inherits that from the thread that starts it: it would never hear
// SIGTERM. So children are started with nothing blocked.

import Foundation

enum SignalMask {
  /// Runs `body` on this thread with no signal blocked, then restores what was.
  static func open<T>(_ body: () throws -> T) rethrows -> T {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
  }
}
