// Large frames in pieces: BEGIN and CHUNK carry them, CREDIT lets the next ones leave, STOP gives up. Offsets count from the type byte.
import TroupeWire

enum ChunkFrames {
  static let message = 1
  static let total = 5
  /// Where the bytes begin.
  static let beginBytes = 9
  static let chunkBytes = 5

  static func writeBegin(_ message: UInt32, total: Int, to writer: inout Writer, _ bytes: (inout Writer) -> Void) {
    let start = writer.beginFrame(.begin)
    writer.fixed32(message)
    writer.fixed32(UInt32(total))
    bytes(&writer)
    writer.endFrame(start)
  }

  static func writeChunk(_ message: UInt32, to writer: inout Writer, _ bytes: (inout Writer) -> Void) {
    let start = writer.beginFrame(.chunk)
    writer.fixed32(message)
    bytes(&writer)
    writer.endFrame(start)
  }

  static func writeCredit(_ message: UInt32, bytes: Int, to writer: inout Writer) {
    let start = writer.beginFrame(.credit)
    writer.fixed32(message)
    writer.fixed32(UInt32(bytes))
    writer.endFrame(start)
  }

  static func writeStop(_ message: UInt32, to writer: inout Writer) {
    let start = writer.beginFrame(.stop)
    writer.fixed32(message)
    writer.endFrame(start)
  }

  static func message(in frame: RawSpan, _ type: FrameType) throws(FrameError) -> UInt32 {
    guard frame.byteCount >= chunkBytes else { throw .truncated(type) }
    return frame.load(at: message)
  }

  /// BEGIN's whole length, CREDIT's bytes.
  static func count(in frame: RawSpan, _ type: FrameType) throws(FrameError) -> Int {
    guard frame.byteCount >= beginBytes else { throw .truncated(type) }
    let count: UInt32 = frame.load(at: total)
    return Int(count)
  }
}
