// Ends this process when the one that started it is gone. The parent holds the other end of our standard input and never
// writes, so the kernel closes it with the parent, `kill -9` included. Unlike PR_SET_PDEATHSIG this is not tied to the
// parent's thread, leaves no gap between fork and call, and works on every Unix.

import Foundation

enum Lifeline {
  /// How long a process may take to stop in order before it is ended as it stands. What is committed is safe either way.
  static let stopLimit: TimeInterval = 8

  /// Calls `stop` once when standard input has ended, then sees to it that the process does end.
  static func watch(_ stop: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      var bytes = [UInt8](repeating: 0, count: 64)
      while true {
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        break
      }
      stop()
      endAfterLimit()
    }
  }

  /// The guard behind every stop: an event loop that hangs cannot keep the process alive.
  ///
  /// - Parameter patience: what it may take before it stops, seconds.
  static func endAfterLimit(_ patience: TimeInterval = 0) {
    let limit = patience + stopLimit
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: limit)
      FileHandle.standardError.write(Data("did not stop within \(Int(limit)) s: ending\n".utf8))
      _exit(1)
    }
  }
}
