// What a link sends, held against the protocol: whole frames, HELLO first and once, nothing behind GOODBYE.
@testable import TroupeTransport

struct SentFrames {
  private var hasGreeted = false
  private var hasLeft = false
  private(set) var fault: String?

  mutating func add(_ bytes: RawSpan) {
    guard fault == nil else { return }
    var offset = 0
    while offset < bytes.byteCount {
      guard bytes.byteCount - offset >= 5 else { return fault = "half a frame was sent" }
      let length: UInt32 = bytes.load(at: offset)
      guard length >= 1, Int(length) <= bytes.byteCount - offset - 4 else { return fault = "a frame was sent with a wrong length" }
      let byte: UInt8 = bytes.load(at: offset + 4)
      guard let type = FrameType(rawValue: byte) else { return fault = "a frame was sent with the unknown type \(byte)" }
      add(type)
      offset += 4 + Int(length)
    }
  }

  private mutating func add(_ type: FrameType) {
    if hasLeft { fault = "a frame of type \(type) was sent behind GOODBYE" }
    switch type {
    case .hello:
      if hasGreeted { fault = "HELLO was sent twice" }
      hasGreeted = true
    case .goodbye: hasLeft = true
    default: if !hasGreeted { fault = "a frame of type \(type) was sent before HELLO" }
    }
  }
}
