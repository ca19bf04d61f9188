// Calls between two tries.

/// Who rests, and for which entity: its hash says where the next try goes.
struct RestingCalls {
  private var calls: [UInt64: (hash: UInt64, waiter: UnsafeContinuation<Void, Never>)] = [:]
  private var begun: UInt64 = 0

  var isEmpty: Bool { calls.isEmpty }

  /// In the order in which they began: who is woken in which order must not hang on a dictionary.
  var all: [(number: UInt64, hash: UInt64)] { calls.keys.sorted().map { ($0, calls[$0]!.hash) } }

  mutating func begin(_ hash: UInt64, _ waiter: UnsafeContinuation<Void, Never>) -> UInt64 {
    begun += 1
    calls[begun] = (hash, waiter)
    return begun
  }

  /// The first end counts: that of its pause, or an earlier one.
  mutating func end(_ number: UInt64) {
    calls.removeValue(forKey: number)?.waiter.resume()
  }
}
