// How many calls one caller may send again: a share of those it makes, and a few a second besides. Without it, a callee that breaks
// under its load gets several times that load from its callers' retries, and does not come back. Pure, and whole numbers only.
import TroupeNet

/// A token bucket whose tokens expire. Each call puts a share of a token in, and so does each moment; a retry takes one out.
///
/// Tokens live between half of `lifetime` and all of it, so what is left after an hour of calm is what ten seconds earn, however many
/// calls there were. The calls come in as a running total: those since the last look count as spread evenly over the time since.
public struct RetryBudget: Sendable {
  public struct Settings: Hashable, Sendable {
    /// Retries for each hundred calls that were answered. Default 20.
    public var percent = 20
    /// Retries a second besides, so that a caller with few calls can retry at all. Default 10.
    public var perSecond = 10
    /// How long what was earned can be spent. Default 10 s: at 1,000 calls a second, 1,050 to 2,100 retries at once.
    public var lifetime: Duration = .seconds(10)

    public init() {}

    public init(percent: Int, perSecond: Int, lifetime: Duration = .seconds(10)) {
      self.percent = percent
      self.perSecond = perSecond
      self.lifetime = lifetime
    }

    /// One sentence about what cannot be; nil when all is well.
    public var refusal: String? {
      if !(0...1_000).contains(percent) { return "a retry budget is 0 to 1,000 percent of the calls, not \(percent)" }
      if !(0...1_000_000).contains(perSecond) { return "a retry budget has 0 to 1,000,000 retries a second, not \(perSecond)" }
      if !(.seconds(1)...(.seconds(600))).contains(lifetime) { return "a retry budget's tokens live 1 to 600 seconds, not \(lifetime)" }
      return nil
    }
  }

  /// What one retry costs; so a call earns `percent`.
  private static let retry: Int64 = 100
  private static let second: Int64 = 1_000_000_000

  public let settings: Settings
  public private(set) var taken: UInt64 = 0
  public private(set) var refused: UInt64 = 0
  private let period: Int64
  /// Earned in this period, and in the one before.
  private var fresh: Int64 = 0
  private var old: Int64
  private var periodEnd: Int64
  private var last: Int64
  private var callsSeen: UInt64
  /// Of a hundredth of a token, in billionths.
  private var remainder: Int64 = 0

  /// Begins as after a period without calls.
  public init(_ settings: Settings, calls: UInt64 = 0, now: Instant) {
    self.settings = settings
    period = settings.lifetime.wholeNanoseconds / 2
    old = Int64(settings.perSecond) * Self.retry * (period / 1_000_000) / 1_000
    last = now.nanoseconds
    periodEnd = last + period
    callsSeen = calls
  }

  /// Takes a retry, if there is one. `calls` is how many there ever were.
  public mutating func take(calls: UInt64, now: Instant) -> Bool {
    earn(calls, now.nanoseconds)
    guard fresh + old >= Self.retry else {
      refused += 1
      return false
    }
    let fromOld = min(old, Self.retry)
    old -= fromOld
    fresh -= Self.retry - fromOld
    taken += 1
    return true
  }

  /// Retries that could be taken now.
  public mutating func left(calls: UInt64, now: Instant) -> Int {
    earn(calls, now.nanoseconds)
    return Int((fresh + old) / Self.retry)
  }

  private mutating func earn(_ calls: UInt64, _ now: Int64) {
    var new = Int64(clamping: calls &- callsSeen)
    callsSeen = calls
    if now - last > 2 * period {
      // What came before the last lifetime has expired, earned and unspent.
      new = Self.share(of: new, 2 * period, of: now - last)
      fresh = 0
      last = now - 2 * period
      periodEnd = last + period
    }
    while last < now {
      if last == periodEnd { turnOver() }
      let end = min(now, periodEnd)
      let share = Self.share(of: new, end - last, of: now - last)
      earn(share, for: end - last)
      new -= share
      last = end
    }
    fresh += new * Int64(settings.percent)
  }

  /// In milliseconds, so that no product leaves 64 bits: 10^12 calls in ten minutes.
  private static func share(of calls: Int64, _ part: Int64, of whole: Int64) -> Int64 {
    part == whole ? calls : calls * (part / 1_000_000) / max(1, whole / 1_000_000)
  }

  private mutating func earn(_ calls: Int64, for time: Int64) {
    // At most a period, so this stays far below 64 bits' end: 300 s, 10^6 a second.
    let (whole, rest) = (time / Self.second, time % Self.second)
    let rate = Int64(settings.perSecond) * Self.retry
    remainder += rest * rate
    fresh += calls * Int64(settings.percent) + whole * rate + remainder / Self.second
    remainder %= Self.second
  }

  private mutating func turnOver() {
    old = fresh
    fresh = 0
    periodEnd += period
  }
}
