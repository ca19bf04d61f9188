// Where OpenSSL has got to, told to the fuzzer: it is not built with the sanitizer, so its branches are not seen. libFuzzer looks at these
// counters as at those of branches.
import TroupeNet

@section("__libfuzzer_extra_counters") @used
nonisolated(unsafe) private var counters: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

@section("__libfuzzer_extra_counters") @used
nonisolated(unsafe) private var moreCounters: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

enum FuzzFeedback {
  /// Each reason that a handshake can fail for is a place of its own.
  static func note(_ reason: CloseReason?, _ isOpen: Bool) {
    var hash: UInt32 = isOpen ? 7 : 3
    for byte in (reason?.detail ?? "").utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    let place = Int((hash ^ hash >> 16) % 128)
    if place < 64 { add(&counters, place) } else { add(&moreCounters, place - 64) }
  }

  private static func add<T>(_ counters: inout T, _ place: Int) {
    withUnsafeMutableBytes(of: &counters) { $0[place] = 1 }
  }
}
