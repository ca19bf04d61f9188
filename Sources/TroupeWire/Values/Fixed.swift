// Integers that always take their full width: right for hashes, random ids and anything else whose high bits are in use,
// where a varint would take ten bytes instead of eight.

/// 32 bits, four bytes, least significant first.
public struct Fixed32: Hashable, Sendable, Wire {
  public var value: UInt32
  @inlinable public init(_ value: UInt32) { self.value = value }
  @inlinable public init(from reader: inout Reader) throws(WireError) { value = try reader.fixed32() }
  @inlinable public func write(to writer: inout Writer) { writer.fixed32(value) }
  public static func describe(in types: inout TypeTable) -> WireType { .fixed32 }
}

/// 64 bits, eight bytes, least significant first.
public struct Fixed64: Hashable, Sendable, Wire {
  public var value: UInt64
  @inlinable public init(_ value: UInt64) { self.value = value }
  @inlinable public init(from reader: inout Reader) throws(WireError) { value = try reader.fixed64() }
  @inlinable public func write(to writer: inout Writer) { writer.fixed64(value) }
  public static func describe(in types: inout TypeTable) -> WireType { .fixed64 }
}
