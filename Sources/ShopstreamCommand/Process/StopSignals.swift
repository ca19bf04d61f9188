// The signals that ask a process to stop, as a stream. Delivered on a queue of their own, so that a busy event loop does not
// keep them waiting.

@preconcurrency import Dispatch
import Foundation

struct StopSignals: Sendable {
  /// Ctrl-C, `kill`, and the terminal that went away.
  static let all: [Int32] = [SIGINT, SIGTERM, SIGHUP]

  private let sources: [any DispatchSourceSignal]

  /// From here on the signals no longer end the process.
  init(_ received: @escaping @Sendable (Int32) -> Void) {
    let queue = DispatchQueue(label: "signals")
    sources = Self.all.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { received(number) }
      source.activate()
      return source
    }
    // A reader of our output that went away is an error of that write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
  }

  func cancel() {
    sources.forEach { $0.cancel() }
  }
}
