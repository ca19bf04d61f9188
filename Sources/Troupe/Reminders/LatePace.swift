// How fast a loop works off the reminders that it is late with, after an outage for instance: others want its time as well.

struct LatePace {
  /// A second.
  static let rate = 5_000
  /// At once, after a quiet time.
  static let burst = 100
  /// Milliseconds behind its time at which a reminder is late.
  static let lateAfter: Int64 = 1_000

  private var left = Double(burst)
  private var at: Instant?

  /// Whether one more may fire now.
  mutating func take(now: Instant) -> Bool {
    if let at { left = min(Double(Self.burst), left + Double((now - at).wholeNanoseconds) * Double(Self.rate) / 1e9) }
    at = now
    guard left >= 1 else { return false }
    left -= 1
    return true
  }
}
