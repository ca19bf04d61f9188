// How long to wait before calling a peer again that could not be reached.

/// Doubles from 50 ms to 2 s, and takes a random half of each step off, so that callers of one dead peer do not come back together.
struct Backoff: Hashable, Sendable {
  static let shortest: Duration = .milliseconds(50)
  static let longest: Duration = .seconds(2)

  private(set) var failures = 0

  /// The next pause: between half of the current step and all of it. `random` is any number.
  mutating func next(random: UInt64) -> Duration {
    let step = min(Self.longest, Self.shortest * (1 << min(failures, 6)))
    failures += 1
    return step / 2 + (step / 2) * (Double(random >> 11) / Double(1 << 53))
  }

  mutating func reset() { failures = 0 }
}
