// When a process that died may be started again. Pure. Each death in a row waits longer, and no process is started more than
// a few times a minute: one that cannot live should not keep the machine busy.

struct RestartPolicy: Hashable, Sendable {
  /// Starts within any `window`.
  static let limit = 6
  static let window: Duration = .seconds(60)
  static let firstDelay: Duration = .milliseconds(250)
  static let longestDelay: Duration = .seconds(8)
  /// A process that lived this long was well: the next death counts as the first.
  static let healthyAfter: Duration = .seconds(30)

  private var starts: [ContinuousClock.Instant] = []
  private var deathsInARow = 0

  mutating func started(at now: ContinuousClock.Instant) {
    starts.append(now)
    starts.removeAll { now - $0 >= Self.window }
  }

  /// How long to wait before the next start, and whether the limit is why.
  mutating func died(at now: ContinuousClock.Instant) -> (delay: Duration, atLimit: Bool) {
    if let last = starts.last, now - last >= Self.healthyAfter { deathsInARow = 0 }
    deathsInARow += 1
    let doublings = min(deathsInARow - 1, 8)
    let backOff = min(Self.firstDelay * (1 << doublings), Self.longestDelay)
    starts.removeAll { now - $0 >= Self.window }
    guard starts.count >= Self.limit else { return (backOff, false) }
    let slot = starts[starts.count - Self.limit].advanced(by: Self.window)
    return slot - now > backOff ? (slot - now, true) : (backOff, false)
  }
}
