// Fields of a frame, one after the other: little-endian, unaligned, each checked against the end. Used where a frame's layout
// varies; fixed layouts are loaded at their offsets.
import TroupeWire

struct FrameReader: ~Escapable {
  private let bytes: RawSpan
  private let type: FrameType
  private(set) var offset: Int

  /// Reads `bytes`, a frame with its type byte, from `offset` on.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, type: FrameType, from offset: Int = 1) {
    self.bytes = bytes
    self.type = type
    self.offset = offset
  }

  var isAtEnd: Bool { offset == bytes.byteCount }

  private mutating func take(_ count: Int) throws(FrameError) -> Int {
    guard count <= bytes.byteCount - offset else { throw .truncated(type) }
    defer { offset += count }
    return offset
  }

  mutating func byte() throws(FrameError) -> UInt8 { bytes.load(at: try take(1)) }
  mutating func fixed16() throws(FrameError) -> UInt16 { bytes.load(at: try take(2)) }
  mutating func fixed32() throws(FrameError) -> UInt32 { bytes.load(at: try take(4)) }
  mutating func fixed64() throws(FrameError) -> UInt64 { bytes.load(at: try take(8)) }

  /// Steps over `count` bytes.
  mutating func skip(_ count: Int) throws(FrameError) { _ = try take(count) }

  /// A text behind its length in two bytes.
  mutating func text() throws(FrameError) -> String {
    let count = Int(try fixed16())
    return try text(count)
  }

  mutating func skipText(_ count: Int) throws(FrameError) { _ = try text(count) }

  private mutating func text(_ count: Int) throws(FrameError) -> String {
    let start = try take(count)
    guard let text = String(bytes.extracting(start..<(start + count))) else { throw .notUTF8(type) }
    return text
  }

  /// The rest as text, for what only people read: bytes that are not UTF-8 are shown as such.
  mutating func restAsText() -> String {
    defer { offset = bytes.byteCount }
    return bytes.extracting(offset..<bytes.byteCount).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}

extension RawSpan {
  /// An integer at `offset`, which must lie within.
  @inline(__always)
  func load<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type = T.self) -> T {
    T(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }
}

extension String {
  /// `nil` when the bytes are not UTF-8.
  init?(_ bytes: RawSpan) {
    guard let text = bytes.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else { return nil }
    self = text
  }
}
