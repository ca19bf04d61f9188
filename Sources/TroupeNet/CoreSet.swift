// Which cores a thread may run on: Linux's affinity masks.
import CLibuv

enum CoreSet {
  /// Bits of a mask: as many cores as the C library's own type knows.
  private static let size = 1_024

  /// Keeps the calling thread on the `index`-th of the cores that it may use. Does nothing when there are not so many.
  static func pin(to index: Int) {
    var mask = [UInt64](repeating: 0, count: size / 64)
    guard sched_getaffinity(0, UInt(size / 8), &mask) >= 0 else { return }
    let cores = (0..<size).filter { mask[$0 / 64] & 1 << UInt64($0 % 64) != 0 }
    guard index < cores.count else { return }
    var one = [UInt64](repeating: 0, count: size / 64)
    one[cores[index] / 64] = 1 << UInt64(cores[index] % 64)
    _ = sched_setaffinity(0, UInt(size / 8), one)
  }
}
