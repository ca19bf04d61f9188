// Time as this module sees it: a number that its caller gives it. Nothing here reads a clock.

/// An instant on one machine's monotonic clock, in nanoseconds since an origin that only that machine knows.
///
/// Moments of two machines cannot be compared. The driver makes them from its loop's clock (CLOCK_BOOTTIME), the simulation
/// from virtual time.
public struct Moment: Hashable, Comparable, Sendable {
  public let nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Before everything that happens.
  public static let distantPast = Moment(nanoseconds: .min)
  /// After everything that happens.
  public static let distantFuture = Moment(nanoseconds: .max)

  public static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Stops at the distant ends instead of overflowing.
  public static func + (moment: Moment, duration: Duration) -> Moment {
    guard moment != .distantPast, moment != .distantFuture else { return moment }
    let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return overflow ? (duration < .zero ? .distantPast : .distantFuture) : Moment(nanoseconds: sum)
  }

  public static func - (moment: Moment, duration: Duration) -> Moment { moment + (.zero - duration) }

  /// How long from `earlier` to `later`; centuries when one of them is a distant end.
  public static func - (later: Moment, earlier: Moment) -> Duration {
    let (difference, overflow) = later.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    return .nanoseconds(overflow ? (later < earlier ? .min : .max) : difference)
  }
}

extension Moment: CustomStringConvertible {
  public var description: String { "\(Duration.nanoseconds(nanoseconds))" }
}

extension Duration {
  /// In nanoseconds, cut off; at most what 64 bits hold (292 years).
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, tooMuch) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return tooMuch ? (seconds < 0 ? .min : .max) : sum
  }
}
