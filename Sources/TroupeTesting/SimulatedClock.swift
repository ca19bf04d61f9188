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
    let instant = frozenAt ?? instant
    return instant + head - lag + .nanoseconds(instant.nanoseconds / 1_000_000 * drift)
  }

  /// When it will show `reading`, if it goes on as it does; a little late rather than early.
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
