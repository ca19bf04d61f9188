// The wall clock and randomness of calls to AWS: a signature carries the time, a token must not repeat. This client talks to the
// outside world only and is never part of a simulation, which runs another store.
import Glibc

public enum SystemTime {
  /// Seconds since 1970, by the wall clock: what AWS compares signatures with.
  public static var unixSeconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
  }

  /// From the kernel.
  public static func random() -> UInt64 {
    var value: UInt64 = 0
    // Eight bytes are always given whole, once the kernel has booted.
    _ = withUnsafeMutableBytes(of: &value) { getentropy($0.baseAddress, $0.count) }
    return value
  }
}
