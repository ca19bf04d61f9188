// The number of a view: the register goes from one to the next and never back.
public import TroupeWire

/// Counts the changes of the register. The first view has epoch 1; 0 is "none seen yet".
public struct Epoch: Hashable, Comparable, Sendable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  public static let none = Epoch(0)
  public var next: Epoch { Epoch(value + 1) }

  public static func < (left: Epoch, right: Epoch) -> Bool { left.value < right.value }
}

extension Epoch: CustomStringConvertible, ExpressibleByIntegerLiteral {
  public var description: String { String(value) }
  public init(integerLiteral value: UInt64) { self.init(value) }
}

extension Epoch: Wire {
  public init(from reader: inout Reader) throws(WireError) { self.init(try reader.varint()) }
  public func write(to writer: inout Writer) { writer.varint(value) }
  public static func describe(in types: inout TypeTable) -> WireType { UInt64.describe(in: &types) }
}
