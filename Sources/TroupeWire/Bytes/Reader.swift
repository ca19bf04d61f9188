// A cursor over bytes that somebody else keeps: it cannot outlive them (`~Escapable`), copies nothing but the values that it
// makes, and checks every step against its end. Used by generated code, frames and stores alike.

/// Takes values off the front of some bytes.
///
/// Every method that takes something throws `WireError` when it is not there; after a throw the reader's position means nothing.
/// Reading never takes more memory than `WireLimits` allows for the number of bytes, whatever they claim.
public struct Reader: ~Escapable {
  @usableFromInline var source: RawSpan
  @usableFromInline var offset: Int
  /// Where the innermost entered body ends. `offset <= end <= source.byteCount` always holds.
  @usableFromInline var end: Int
  @usableFromInline var depth: Int
  /// Bytes of memory that collections may still take.
  @usableFromInline var budget: Int
  /// A last value that stands apart: see `LargeBytes`.
  @usableFromInline var apart: Unmanaged<LargeBytes>?
  /// What this version did not know: see `Leftovers`.
  public internal(set) var leftovers = Leftovers()

  @_lifetime(copy bytes)
  @inlinable public init(_ bytes: RawSpan) {
    source = bytes
    offset = 0
    end = bytes.byteCount
    depth = 0
    budget = WireLimits.freeElementMemory + WireLimits.elementMemoryPerByte * bytes.byteCount
  }

  @_lifetime(copy bytes)
  @usableFromInline init(_ bytes: RawSpan, depth: Int, budget: Int) {
    source = bytes
    offset = 0
    end = bytes.byteCount
    self.depth = depth
    self.budget = budget
  }

  /// Nothing is left, or nothing of the entered body.
  @inlinable public var isAtEnd: Bool { offset == end && (apart == nil || depth > 0) }

  /// Bytes left before `isAtEnd`.
  @inlinable public var remaining: Int { end - offset }

  // MARK: Numbers

  @inlinable public mutating func byte() throws(WireError) -> UInt8 {
    guard offset < end else { throw .truncated }
    let value = source.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)  // in bounds by the line above
    offset &+= 1
    return value
  }

  /// LEB128, at most ten bytes, and no more than the number needs.
  @inlinable public mutating func varint() throws(WireError) -> UInt64 {
    let first = try byte()
    return first < 0x80 ? UInt64(first) : try longVarint(after: first)
  }

  @usableFromInline mutating func longVarint(after first: UInt8) throws(WireError) -> UInt64 {
    var value = UInt64(first & 0x7f)
    var shift: UInt64 = 7
    while true {
      let next = try byte()
      if shift == 63, next > 1 { throw .outOfRange("varint") }
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 {
        guard next != 0 else { throw .outOfRange("varint") }
        return value
      }
      shift += 7
    }
  }

  @inlinable public mutating func fixed16() throws(WireError) -> UInt16 { try fixed(UInt16.self) }
  @inlinable public mutating func fixed32() throws(WireError) -> UInt32 { try fixed(UInt32.self) }
  @inlinable public mutating func fixed64() throws(WireError) -> UInt64 { try fixed(UInt64.self) }

  @inlinable mutating func fixed<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(WireError) -> T {
    let width = MemoryLayout<T>.size
    guard end &- offset >= width else { throw .truncated }
    let value = source.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self)  // in bounds by the line above
    offset &+= width
    return T(littleEndian: value)
  }

  // MARK: Bytes

  /// The next `count` bytes, where they stand.
  @_lifetime(copy self)
  @inlinable public mutating func bytes(_ count: Int) throws(WireError) -> RawSpan {
    guard count >= 0, count <= end &- offset else { throw .truncated }
    let start = offset
    offset &+= count
    return source.extracting(unchecked: start..<offset)  // in bounds by the lines above
  }

  /// Everything up to `isAtEnd`.
  @_lifetime(copy self)
  @inlinable public mutating func rest() -> RawSpan {
    let start = offset
    offset = end
    return source.extracting(unchecked: start..<end)
  }

  @inlinable public mutating func skip(_ count: Int) throws(WireError) {
    guard count >= 0, count <= end &- offset else { throw .truncated }
    offset &+= count
  }
}
