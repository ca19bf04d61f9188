// The clock of one simulated machine. It may have been switched on at another time than others, run fast or slow, and stand still
// while its machine does: what a frozen virtual machine, a drifting crystal and a copied snapshot look like from inside.
import TroupeNet

/// What a host's monotonic clock shows. All loops of a host share it.
public final class SimulatedClock {
  /// How much more than the world's time had passed on it when the world began.
  public var head: Duration = .zero
  /// Millionths that it runs fast; negative for slow. Set it before anything on the host reads the clock.
  public var drift: Int64 = 0
  /// How long it has stood still so far.
  private(set) var lag: Duration = .zero
  private var frozenAt: Instant?

  func reading(at instant: Instant) -> Instant {
    let ran = (frozenAt ?? instant) - lag
    return ran + head + .nanoseconds(ran.nanoseconds * drift / 1_000_000)
  }

  /// About when it will show `reading`, if it goes on as it does: whoever waits for that looks at the clock once more.
  func instant(of reading: Instant, now: Instant) -> Instant {
    let wait = max(.zero, reading - self.reading(at: now))
    return drift == 0 ? now + wait : now + wait - wait / 1_000_000 * Int(drift) + .microseconds(2)
  }

  func freeze(at instant: Instant) { frozenAt = frozenAt ?? instant }

  func thaw(at instant: Instant) {
    guard let frozen = frozenAt else { return }
    lag += instant - frozen
    frozenAt = nil
  }
}
