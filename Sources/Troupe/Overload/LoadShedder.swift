// Which calls a loop that is behind refuses. Pure: how long a call has waited goes in, whether it runs comes out.
//
// Two things must hold before a call is refused. It has waited longer than the target; and the loop has not been idle for longer than
// its patience. A long way alone is the network's business, and a busy loop whose calls wait a millisecond is only well used.

struct LoadShedder {
  let target: Int64
  let patience: Int64

  init(_ policy: OverloadPolicy) {
    target = policy.target.wholeNanoseconds
    patience = policy.patience.wholeNanoseconds
  }

  enum Verdict: Equatable {
    case run
    /// So many nanoseconds of its time are gone.
    case runLate(Int64)
    case refuse(retryAfterMilliseconds: UInt32)
  }

  /// - Parameter waited: nanoseconds, on the way and in this pass.
  @inline(__always)
  func verdict(waited: Int64, now: Instant, lastIdle: Instant) -> Verdict {
    if now.nanoseconds &- lastIdle.nanoseconds <= patience { return .run }
    return waited <= target ? .runLate(waited) : refusal(waited)
  }

  /// Twice what it has waited: by then the loop has caught up, or refuses again.
  private func refusal(_ waited: Int64) -> Verdict {
    .refuse(retryAfterMilliseconds: UInt32(clamping: min(1_000, max(50, waited / 500_000))))
  }
}
