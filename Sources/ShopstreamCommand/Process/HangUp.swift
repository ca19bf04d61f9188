// What SIGHUP means to a service: read the certificates again, as services do; or, when it was started at a terminal that has gone
// away, stop.

import Foundation
import Synchronization

final class HangUp: Sendable {
  private let hadTerminal = HangUp.hasTerminal
  private let work = Mutex<(@Sendable () -> Void)?>(nil)

  /// Before this SIGHUP asks to stop.
  func set(_ work: @escaping @Sendable () -> Void) { self.work.withLock { $0 = work } }

  /// Does the work, if that is what the signal means; otherwise the process is to stop.
  func isWorked() -> Bool {
    guard Self.means(hadTerminal: hadTerminal, hasTerminal: Self.hasTerminal) == .reload, let work = work.withLock({ $0 }) else {
      return false
    }
    work()
    return true
  }

  enum Meaning: Hashable {
    case reload, stop
  }

  static func means(hadTerminal: Bool, hasTerminal: Bool) -> Meaning {
    hadTerminal && !hasTerminal ? .stop : .reload
  }

  /// Whether there is a terminal that controls this process.
  private static var hasTerminal: Bool {
    let descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }
}
