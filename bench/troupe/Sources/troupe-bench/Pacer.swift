// Arrivals at instants that are fixed beforehand, from a thread of its own: a loop's timers know milliseconds only.
import Foundation
import Glibc
import Troupe

/// Tells a loop that it is time, so often a second.
enum Pacer {
  /// Yields `ticks` times, `interval` nanoseconds apart from `start` on. What comes late comes late once: instants are absolute.
  static func ticks(_ ticks: Int, every interval: Int64, from start: Int64) -> AsyncStream<Void> {
    let (stream, tick) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    Thread.detachNewThread {
      for number in 1...ticks {
        let at = start + Int64(number) * interval
        var instant = timespec(tv_sec: Int(at / 1_000_000_000), tv_nsec: Int(at % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &instant, nil) == EINTR {}
        tick.yield()
      }
      tick.finish()
    }
    return stream
  }
}
