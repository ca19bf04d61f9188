// How many calls run, and that none begins after the close.
import Synchronization
import TroupeJournal

final class CallGate: Sendable {
  private struct State {
    var running = 0
    var isClosed = false
  }

  private let state = Mutex(State())

  func enter() throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      guard !state.isClosed else { throw .closed }
      guard state.running < StoreLimits.queuedCalls else {
        throw .unavailable("\(StoreLimits.queuedCalls) calls wait for DynamoDB already")
      }
      state.running += 1
    }
  }

  func leave() { state.withLock { $0.running -= 1 } }

  /// Between looks at whether the last call has ended.
  private static let lookPause: Duration = .milliseconds(10)

  /// Waits until what runs has ended, but no longer than a call does. False when it was closed before.
  func close(within limit: Duration, pause: (Duration) async -> Void) async -> Bool {
    let wasClosed = state.withLock { state in
      defer { state.isClosed = true }
      return state.isClosed
    }
    guard !wasClosed else { return false }
    for _ in 0..<Int(limit / Self.lookPause) where state.withLock({ $0.running > 0 }) { await pause(Self.lookPause) }
    return true
  }
}
