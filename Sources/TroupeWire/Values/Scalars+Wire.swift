// Truth values, floating point and text.

extension Bool: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) {
    switch try reader.byte() {
    case 0: self = false
    case 1: self = true
    default: throw .invalid("Bool")
    }
  }
  @inlinable public func write(to writer: inout Writer) { writer.byte(self ? 1 : 0) }
  public static func describe(in types: inout TypeTable) -> WireType { .bool }
}

extension Float: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self.init(bitPattern: try reader.fixed32()) }
  @inlinable public func write(to writer: inout Writer) { writer.fixed32(bitPattern) }
  public static func describe(in types: inout TypeTable) -> WireType { .float }
}

extension Double: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self.init(bitPattern: try reader.fixed64()) }
  @inlinable public func write(to writer: inout Writer) { writer.fixed64(bitPattern) }
  public static func describe(in types: inout TypeTable) -> WireType { .double }
}

extension String: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) { self = try reader.string() }
  @inlinable public func write(to writer: inout Writer) { writer.string(self) }
  public static func describe(in types: inout TypeTable) -> WireType { .string }
}
