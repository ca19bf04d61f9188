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
      // It shares a core with the loop that it tells. Where that loop has much to do, an arrival of normal priority waited up to four
      // milliseconds for the scheduler, which is no work of the link's. Not everybody may ask for this; then arrivals are late.
      var priority = sched_param(sched_priority: 1)
      let code = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority)
      if code != 0 { FileHandle.standardError.write(Data("arrivals may be late: no real-time priority (\(code))\n".utf8)) }
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
