// Chunks of bytes that stand in one piece.
import TroupeWire

@testable import TroupeTransport

extension ChunkFrames {
  static func writeBegin(_ message: UInt32, total: Int, _ bytes: RawSpan, to writer: inout Writer) {
    let bytes = bytes.withUnsafeBytes { [UInt8]($0) }
    writeBegin(message, total: total, to: &writer) { $0.append(bytes) }
  }

  static func writeChunk(_ message: UInt32, _ bytes: RawSpan, to writer: inout Writer) {
    let bytes = bytes.withUnsafeBytes { [UInt8]($0) }
    writeChunk(message, to: &writer) { $0.append(bytes) }
  }
}
