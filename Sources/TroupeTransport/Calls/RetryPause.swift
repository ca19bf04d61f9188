// How long to wait before a call is tried again: "full jitter", evenly between nothing and a step that doubles. Of all ways to
// draw the pause it spreads callers of one broken peer best. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
import TroupeNet

/// The pauses of one call. Pure: chance comes in.
public struct RetryPause: Hashable, Sendable {
  private var step: Duration
  private let longest: Duration

  public init(first: Duration, longest: Duration) {
    step = min(first, longest)
    self.longest = longest
  }

  /// The next pause. `random` is any number.
  public mutating func next(random: UInt64) -> Duration {
    let pause = step * (Double(random >> 11) / Double(1 << 53))
    step = min(longest, step * 2)
    return pause
  }
}
