// How a child process ended, and what a person reads about it.

import Foundation

public enum ChildEnd: Hashable, Sendable, CustomStringConvertible {
  case status(Int32)
  case signal(Int32)

  /// Of `waitpid`.
  init(waitStatus status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .status((status >> 8) & 0xff) : .signal(signal)
  }

  /// As a shell counts: 128 and more for a signal.
  public var code: Int32 {
    switch self {
    case .status(let code): code
    case .signal(let number): 128 + number
    }
  }

  public var description: String {
    switch self {
    case .status(0): "ended by itself"
    case .status(let code): "ended with exit code \(code)"
    case .signal(SIGKILL): "was killed (signal 9)"
    case .signal(SIGSEGV), .signal(SIGILL), .signal(SIGTRAP), .signal(SIGABRT), .signal(SIGBUS): "crashed"
    case .signal(let number): "was ended by signal \(number)"
    }
  }
}
