// An instant inside a payload: this machine's clock, which all its processes share.
import Troupe

enum Stamp {
  static func on(_ payload: [UInt8]) -> [UInt8] {
    var stamped = payload
    withUnsafeBytes(of: Monotonic.now().littleEndian) { stamped.replaceSubrange(0..<8, with: $0) }
    return stamped
  }

  /// Nanoseconds since then.
  static func age(of payload: [UInt8]) -> Int64 {
    let instant = payload.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Monotonic.now() - Int64(bitPattern: instant)
  }
}
