// How long to wait before the next attempt to connect. Pure.

struct Backoff: Sendable {
  /// A restarted server is found soon, and one that is away is asked once a second.
  static let shortest: Duration = .milliseconds(25)
  static let longest: Duration = .seconds(1)

  private var failures = 0

  mutating func succeeded() { failures = 0 }

  /// Doubles with each failure; half of it is chance, so that the nodes of a cluster do not come all at once.
  mutating func next(random: UInt64) -> Duration {
    let whole = min(Self.shortest * (1 << min(failures, 10)), Self.longest)
    failures += 1
    return whole / 2 + whole / 2 * (Double(random >> 11) / Double(1 << 53))
  }
}
