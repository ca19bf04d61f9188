// Frames into a `Writer`: a length to be filled in, a type, fields in little-endian order.
import TroupeWire

extension Writer {
  /// Begins a frame; the result is for `endFrame`.
  @inline(__always)
  mutating func beginFrame(_ type: FrameType) -> Int {
    let start = reserveFixed32()
    byte(type.rawValue)
    return start
  }

  /// Fills in the length of the frame that began at `start`, and returns it.
  @discardableResult
  @inline(__always)
  mutating func endFrame(_ start: Int) -> Int {
    let length = count - start - 4
    patchFixed32(at: start, with: UInt32(truncatingIfNeeded: length))
    return length
  }

  /// A text behind its length in two bytes. The caller has checked that it fits.
  mutating func text(_ text: String) {
    let span = text.utf8Span.span.bytes
    fixed16(UInt16(span.byteCount))
    append(span)
  }
}

extension MutableRawSpan {
  /// Puts an integer at `offset`, which must lie within.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
  }
}
