// How long calls have waited on their way: in the sender's buffers, in the kernels', in ours. Pure.
//
// Clocks of two machines say nothing to each other, so what counts is how much longer the way took than the shortest of late. The
// shortest may rise only as fast as clocks drift apart: a queue that stands for minutes must not pass for the way.
import TroupeNet

struct QueueDelay {
  /// How long a shortest way is believed before a longer one may take its place.
  static let window: Duration = .seconds(10)
  /// What clocks may drift apart in that time: one part in ten thousand.
  static let drift: Int64 = 1_000_000

  /// Of what has arrived last.
  private(set) var nanoseconds: Int64 = 0
  private var shortest: Int64?
  private var shortestOfWindow: Int64 = .max
  private var windowEnds = Instant(nanoseconds: .min)

  /// A STAMP arrives: what follows left at `sent` on the peer's clock.
  mutating func stamped(_ sent: UInt64, now: Instant) {
    let way = now.nanoseconds &- Int64(truncatingIfNeeded: sent)
    shortestOfWindow = min(shortestOfWindow, way)
    if now >= windowEnds {
      if let old = shortest { shortest = min(shortestOfWindow, old &+ Self.drift) }
      shortestOfWindow = way
      windowEnds = now + Self.window
    }
    let base = min(shortest ?? way, way)
    shortest = base
    nanoseconds = way &- base
  }
}
