// The clock that the floor reads too: that of the standard library would be a tenth of what is measured.
import Glibc

enum Monotonic {
  /// Nanoseconds.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
