// LZ4's block format: bytes in, bytes out, never more than the caller has made room for.
import CLZ4

public enum LZ4Block {
  /// The bytes made smaller; nil when that would take more than `limit` of them.
  public static func compress(_ bytes: RawSpan, limit: Int) -> [UInt8]? {
    guard limit > 0, bytes.byteCount > 0, bytes.byteCount <= Int(LZ4_MAX_INPUT_SIZE) else { return nil }
    let output = filled(limit) { free in
      bytes.withUnsafeBytes { LZ4_compress_default(chars($0), free, Int32($0.count), Int32(limit)) }
    }
    return output.isEmpty ? nil : output
  }

  /// Takes `bytes` apart into exactly `count` bytes; nil when they are not that.
  public static func decompress(_ bytes: RawSpan, count: Int) -> [UInt8]? {
    guard count > 0, count <= Int(Int32.max), bytes.byteCount > 0, bytes.byteCount <= Int(Int32.max) else { return nil }
    let output = filled(count) { free in
      bytes.withUnsafeBytes { LZ4_decompress_safe(chars($0), free, Int32($0.count), Int32(count)) }
    }
    return output.count == count ? output : nil
  }

  // Sound because both functions stay within the lengths that they are given with the pointers.
  private static func filled(_ capacity: Int, _ body: (UnsafeMutablePointer<CChar>?) -> Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: capacity) { free, count in
      count = max(0, Int(body(free.baseAddress.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self) })))
    }
  }

  private static func chars(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar>? {
    bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
  }
}
