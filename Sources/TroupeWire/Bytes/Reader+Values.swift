// Whole values off a reader, as generated code asks for them.

extension Reader {
  @inlinable public mutating func read<T: Wire>(_: T.Type = T.self) throws(WireError) -> T { try T(from: &self) }

  /// A field that an older writer did not know: `missing` where the body ends before it.
  @inlinable public mutating func read<T: Wire>(or missing: @autoclosure () -> T) throws(WireError) -> T {
    if isAtEnd { return missing() }
    return try T(from: &self)
  }

  /// A field that every writer has known; `field` names it in the error.
  @inlinable public mutating func read<T: Wire>(required field: @autoclosure () -> String) throws(WireError) -> T {
    guard !isAtEnd else { throw .missingField(field()) }
    return try T(from: &self)
  }

  /// A length and that many bytes of UTF-8.
  @inlinable public mutating func string() throws(WireError) -> String { try string(try length()) }

  /// `count` bytes of UTF-8.
  @inlinable public mutating func string(_ count: Int) throws(WireError) -> String {
    let part = try bytes(count)
    return try Self.text(part)
  }

  @usableFromInline static func text(_ bytes: RawSpan) throws(WireError) -> String {
    do throws(UTF8.ValidationError) {
      return String(copying: try UTF8Span(validating: Span(_bytes: bytes)))
    } catch {
      throw .invalidUTF8
    }
  }

  /// A length and that many bytes, copied.
  @inlinable public mutating func byteArray() throws(WireError) -> [UInt8] {
    try UInt8.readArray(from: &self)
  }
}
