// Where values become bytes: one growing array, appended to and patched, never copied on the way. The counterpart of `Reader`.

/// Appends values to bytes of its own.
///
/// Writing never fails. Keep a writer and call `removeAll(keepingCapacity: true)` to write the next message without asking
/// for memory; a copy of `bytes` that is still alive then costs one.
public struct Writer: Sendable {
  @usableFromInline var storage: [UInt8]
  /// Where a large byte array may stay apart: see `LargeBytes`. Set only while `sparing` runs, whose caller holds it.
  @usableFromInline nonisolated(unsafe) var apart: Unmanaged<LargeBytes>?

  @inlinable public init() { storage = [] }

  @inlinable public init(capacity: Int) {
    storage = []
    storage.reserveCapacity(capacity)
  }

  /// What has been written.
  @inlinable public var bytes: [UInt8] { storage }
  @inlinable public var count: Int { storage.count }

  /// A view of what has been written, without holding the array itself.
  @inlinable public var span: RawSpan {
    @_lifetime(borrow self) get { storage.span.bytes }
  }

  /// Generated code says `writer.write(value)` and not `value.write(to:)`: when a type is not `@Wire`, the compiler then says
  /// "requires that 'T' conform to 'Wire'" instead of "no member 'write'".
  @inlinable public mutating func write(_ value: some Wire) {
    let outer = apart
    apart = nil  // whoever counts what it has written counts all of it
    value.write(to: &self)
    apart = outer
  }

  // MARK: Numbers

  @inlinable public mutating func byte(_ value: UInt8) { storage.append(value) }

  /// LEB128: seven bits a byte, least significant first; the top bit says that more follow.
  @inlinable public mutating func varint(_ value: UInt64) {
    storage.append(addingCapacity: 10) { $0.varint(value) }
  }

  @inlinable public mutating func fixed16(_ value: UInt16) { fixed(value) }
  @inlinable public mutating func fixed32(_ value: UInt32) { fixed(value) }
  @inlinable public mutating func fixed64(_ value: UInt64) { fixed(value) }

  @inlinable mutating func fixed(_ value: some FixedWidthInteger & UnsignedInteger) {
    storage.append(addingCapacity: value.bitWidth / 8) { $0.fixed(value) }
  }

  /// Appends up to `capacity` bytes with one check for room: for heads of fixed layout, field after field.
  @inlinable public mutating func append(capacity: Int, _ fill: (inout OutputSpan<UInt8>) -> Void) {
    storage.append(addingCapacity: capacity, initializingWith: fill)
  }

  // MARK: Bytes

  @inlinable public mutating func append(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { storage.append(contentsOf: $0) }
  }

  @inlinable public mutating func append(_ bytes: [UInt8]) { storage.append(contentsOf: bytes) }

  /// A length and the UTF-8 of `text`.
  @inlinable public mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      varint(UInt64(utf8.count))
      storage.append(contentsOf: utf8)
    }
  }

  /// A length and `bytes`.
  @inlinable public mutating func byteArray(_ bytes: [UInt8]) {
    varint(UInt64(bytes.count))
    storage.append(contentsOf: bytes)
  }

  // MARK: What has been written

  @inlinable public mutating func removeAll(keepingCapacity: Bool = false) { storage.removeAll(keepingCapacity: keepingCapacity) }

  /// Forgets what was written behind the first `count` bytes.
  @inlinable public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= storage.count, "cannot truncate \(storage.count) bytes to \(count)")
    storage.removeLast(storage.count - count)
  }

  /// Makes room for four bytes whose value is known later; `patchFixed32(at:with:)` fills them in.
  @inlinable public mutating func reserveFixed32() -> Int {
    let position = storage.count
    fixed32(0)
    return position
  }

  @inlinable public mutating func patchFixed32(at position: Int, with value: UInt32) {
    precondition(position >= 0 && position + 4 <= storage.count, "no four bytes at \(position) of \(storage.count)")
    storage[position] = UInt8(truncatingIfNeeded: value)
    storage[position + 1] = UInt8(truncatingIfNeeded: value >> 8)
    storage[position + 2] = UInt8(truncatingIfNeeded: value >> 16)
    storage[position + 3] = UInt8(truncatingIfNeeded: value >> 24)
  }
}
