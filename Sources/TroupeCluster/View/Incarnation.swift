// Which run of a node: the same id after a restart is another incarnation, and the old one is dead for ever.
public import TroupeWire

/// One run of a node's process. Drawn anew at each start; two are only ever compared for equality.
public struct Incarnation: Hashable, Sendable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }
}

extension Incarnation: CustomStringConvertible, ExpressibleByIntegerLiteral {
  public var description: String { String(value, radix: 16) }
  public init(integerLiteral value: UInt64) { self.init(value) }
}

extension Incarnation: Wire {
  public init(from reader: inout Reader) throws(WireError) { self.init(try reader.fixed64()) }
  public func write(to writer: inout Writer) { writer.fixed64(value) }
  public static func describe(in types: inout TypeTable) -> WireType { Fixed64.describe(in: &types) }
}
