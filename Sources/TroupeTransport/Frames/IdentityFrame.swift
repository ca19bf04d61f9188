// IDENTITY: calls that follow and name this index are made in the name that the token says. It stands among calls and not among control
// frames, and replaces what the index named before.
import TroupeWire

enum IdentityFrame {
  static let index = 1
  static let token = 3

  static func write(_ index: UInt16, token: [UInt8], to writer: inout Writer) {
    let start = writer.beginFrame(.identity)
    writer.fixed16(index)
    writer.append(token)
    writer.endFrame(start)
  }

  static func index(in frame: RawSpan) throws(FrameError) -> UInt16 {
    guard frame.byteCount > token else { throw .truncated(.identity) }
    return frame.load(at: index)
  }
}
