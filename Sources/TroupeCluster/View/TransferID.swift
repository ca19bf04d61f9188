// The name of one sealed handoff.
public import TroupeWire

/// Names what an owner sealed and gave away, drawn at random by the giver. A shard whose owner holds it by a transfer was sealed
/// before it changed hands, so the new owner need not wait for anybody's lease.
public struct TransferID: Hashable, Sendable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }
}

extension TransferID: CustomStringConvertible, ExpressibleByIntegerLiteral {
  public var description: String { String(value, radix: 16) }
  public init(integerLiteral value: UInt64) { self.init(value) }
}

extension TransferID: Wire {
  public init(from reader: inout Reader) throws(WireError) { self.init(try reader.fixed64()) }
  public func write(to writer: inout Writer) { writer.fixed64(value) }
  public static func describe(in types: inout TypeTable) -> WireType { Fixed64.describe(in: &types) }
}
