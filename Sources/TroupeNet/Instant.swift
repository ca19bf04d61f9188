// Points in time: `Instant` for every decision (leases, deadlines, timers), `WallTime` only to be shown and stored.
// Both come from an event loop and from nowhere else, so that a simulation decides what time it is.

/// A point on the clock that never jumps and also counts while the machine sleeps (CLOCK_BOOTTIME on Linux).
///
/// Instants of two machines, or of two boots of one machine, must not be compared.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since the machine was started; in a simulation since the world began.
  public let nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Later than every instant that a clock shows.
  public static let distantFuture = Instant(nanoseconds: .max)

  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Saturates: `.distantFuture` plus anything stays there.
  @inlinable
  public static func + (instant: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return Instant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
  }

  @inlinable
  public static func - (instant: Instant, duration: Duration) -> Instant { instant + (.zero - duration) }

  @inlinable
  public static func - (later: Instant, earlier: Instant) -> Duration {
    .nanoseconds(later.nanoseconds.subtractingSaturating(earlier.nanoseconds))
  }

  @inlinable
  public static func += (instant: inout Instant, duration: Duration) { instant = instant + duration }
}

/// What a calendar would say: milliseconds since 1970 (UTC). It may jump either way; nothing is ever decided on it.
public struct WallTime: Hashable, Comparable, Sendable {
  public let milliseconds: Int64

  @inlinable
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  @inlinable
  public static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }

  /// To the millisecond, rounded towards zero; past the calendar's ends it stays there.
  @inlinable
  public static func + (time: WallTime, duration: Duration) -> WallTime {
    let (sum, isPast) = time.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
    return WallTime(milliseconds: isPast ? (duration < .zero ? .min : .max) : sum)
  }

  @inlinable
  public static func - (time: WallTime, duration: Duration) -> WallTime { time + (.zero - duration) }

  @inlinable
  public static func - (later: WallTime, earlier: WallTime) -> Duration {
    .milliseconds(later.milliseconds.subtractingSaturating(earlier.milliseconds))
  }
}

extension Duration {
  /// The duration in nanoseconds, rounded towards zero; durations past 292 years end at `Int64.max` or `Int64.min`.
  @inlinable
  public var wholeNanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }

  /// The same in milliseconds.
  @inlinable
  public var wholeMilliseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000_000_000) }
}

extension Int64 {
  @inlinable
  func subtractingSaturating(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
