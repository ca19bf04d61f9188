// COMPRESSED: another frame made smaller. Offsets count from the type byte.
import TroupeNet
import TroupeWire

enum CompressedFrame {
  static let count = 1
  static let bytes = 5
  /// The largest frame that may stand in one, type byte and body: what travels whole, or a chunk with its head.
  static let limit = ChunkLimits.whole

  /// Replaces the frame that stands at the end of `writer` from `start` on, when that makes it smaller by an eighth. Returns whether it did.
  static func shrink(from start: Int, in writer: inout Writer) -> Bool {
    let count = writer.count - start - 4
    let smaller = LZ4Block.compress(
      writer.span.extracting((start + 4)..<writer.count), limit: CompressionGuard.limit(for: count) - bytes)
    guard let smaller else { return false }
    writer.truncate(to: start)
    let frame = writer.beginFrame(.compressed)
    writer.fixed32(UInt32(count))
    writer.append(smaller)
    writer.endFrame(frame)
    return true
  }

  /// The frame that stands in one, type byte first.
  static func open(_ frame: RawSpan) throws(FrameError) -> [UInt8] {
    guard frame.byteCount > bytes else { throw .truncated(.compressed) }
    let claimed: UInt32 = frame.load(at: count)
    guard claimed > 0, claimed <= UInt32(limit) else { throw .badLength(claimed, limit: limit) }
    guard let raw = LZ4Block.decompress(frame.extracting(bytes..<frame.byteCount), count: Int(claimed)) else {
      throw .badCompression(Int(claimed))
    }
    return raw
  }
}
