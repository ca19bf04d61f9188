// A member's permission to act. It runs from the *start* of the last beat that the store took, so whoever reads that beat
// later knows a moment after which this member has stopped.

/// How long a member may answer, by its own clock.
public struct Lease: Hashable, Sendable {
  /// L. Also what everybody else waits for, with a margin, before a dead member's shards are served again.
  public static let defaultLength: Duration = .milliseconds(1_500)

  public let length: Duration
  /// Not a moment later may anything leave. Compare with a clock that is read afresh.
  public private(set) var until: Moment

  public init(length: Duration = Lease.defaultLength) {
    self.length = length
    until = .distantPast
  }

  /// The store took a beat whose call began at `start`. An answer that comes out of order shortens nothing.
  public mutating func beatTaken(startedAt start: Moment) {
    until = max(until, start + length)
  }

  /// This incarnation was buried or has left: it never acts again.
  public mutating func end() { until = .distantPast }

  public func isValid(at now: Moment) -> Bool { now < until }
}
