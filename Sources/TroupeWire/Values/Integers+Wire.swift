// Integers: one byte where one byte holds them all, LEB128 for the wider ones, zigzag for the signed. The width of a varint
// integer is not on the wire, so `Int32` may later become `Int64`; a value that does not fit is refused, never cut.

extension UInt8: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.byte() }
  @inlinable public func write(to writer: inout Writer) { writer.byte(self) }
  public static func describe(in types: inout TypeTable) -> WireType { .uint(8) }

  @inlinable public static func readArray(from reader: inout Reader) throws(WireError) -> [UInt8] {
    if let large = reader.takeLarge() { return large }
    return try readElements(try reader.count(stride: 1), from: &reader)
  }

  /// `[UInt8]` is copied as one block; in contracts it is `bytes`.
  @inlinable public static func readElements(_ count: Int, from reader: inout Reader) throws(WireError) -> [UInt8] {
    let part = try reader.bytes(count)
    return part.withUnsafeBytes { [UInt8]($0) }
  }
  @inlinable public static func writeElements(_ elements: [UInt8], to writer: inout Writer) { writer.append(elements) }
  public static func describeArray(in types: inout TypeTable) -> WireType { .bytes }
}

extension Int8: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = Int8(bitPattern: try reader.byte()) }
  @inlinable public func write(to writer: inout Writer) { writer.byte(UInt8(bitPattern: self)) }
  public static func describe(in types: inout TypeTable) -> WireType { .int(8) }
}

extension Reader {
  @inlinable mutating func unsigned<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(WireError) -> T {
    guard let value = T(exactly: try varint()) else { throw .outOfRange("\(T.self)") }
    return value
  }

  @inlinable mutating func signed<T: FixedWidthInteger & SignedInteger>(_: T.Type) throws(WireError) -> T {
    let raw = try varint()
    guard let value = T(exactly: Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)) else { throw .outOfRange("\(T.self)") }
    return value
  }
}

extension Writer {
  /// Zigzag: 0, -1, 1, -2 … become 0, 1, 2, 3 …, so that small negative numbers stay short.
  @inlinable mutating func signed(_ value: Int64) { varint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }
}

extension UInt16: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.unsigned(UInt16.self) }
  @inlinable public func write(to writer: inout Writer) { writer.varint(UInt64(self)) }
  public static func describe(in types: inout TypeTable) -> WireType { .uint(16) }
}

extension UInt32: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.unsigned(UInt32.self) }
  @inlinable public func write(to writer: inout Writer) { writer.varint(UInt64(self)) }
  public static func describe(in types: inout TypeTable) -> WireType { .uint(32) }
}

extension UInt64: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.varint() }
  @inlinable public func write(to writer: inout Writer) { writer.varint(self) }
  public static func describe(in types: inout TypeTable) -> WireType { .uint(64) }
}

extension UInt: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.unsigned(UInt.self) }
  @inlinable public func write(to writer: inout Writer) { writer.varint(UInt64(self)) }
  public static func describe(in types: inout TypeTable) -> WireType { .uint(64) }
}

extension Int16: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.signed(Int16.self) }
  @inlinable public func write(to writer: inout Writer) { writer.signed(Int64(self)) }
  public static func describe(in types: inout TypeTable) -> WireType { .int(16) }
}

extension Int32: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.signed(Int32.self) }
  @inlinable public func write(to writer: inout Writer) { writer.signed(Int64(self)) }
  public static func describe(in types: inout TypeTable) -> WireType { .int(32) }
}

extension Int64: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.signed(Int64.self) }
  @inlinable public func write(to writer: inout Writer) { writer.signed(self) }
  public static func describe(in types: inout TypeTable) -> WireType { .int(64) }
}

extension Int: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.signed(Int.self) }
  @inlinable public func write(to writer: inout Writer) { writer.signed(Int64(self)) }
  public static func describe(in types: inout TypeTable) -> WireType { .int(64) }
}
