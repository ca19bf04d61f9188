// CANCEL: the caller does not wait for a call any more. It follows its call, so it stands among calls and not among control frames.
import TroupeWire

enum CancelFrame {
  static func write(_ request: UInt32, to writer: inout Writer) {
    let start = writer.beginFrame(.cancel)
    writer.fixed32(request)
    writer.endFrame(start)
  }

  static func request(in frame: RawSpan) throws(FrameError) -> UInt32 {
    var reader = FrameReader(frame, type: .cancel)
    return try reader.fixed32()
  }
}
