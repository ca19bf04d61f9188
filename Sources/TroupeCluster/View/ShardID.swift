// One of the cluster's shards: the unit of ownership, of the log and of moving.
public import TroupeWire

/// A shard's number, from 0 up to the cluster's shard count, which is fixed for its life.
public struct ShardID: Hashable, Comparable, Sendable {
  public let value: UInt16

  public init(_ value: UInt16) { self.value = value }

  public init(_ index: Int) {
    precondition(index >= 0 && index < View.shardLimit, "no shard has the number \(index)")
    value = UInt16(index)
  }

  public var index: Int { Int(value) }

  public static func < (left: ShardID, right: ShardID) -> Bool { left.value < right.value }
}

extension ShardID: CustomStringConvertible, ExpressibleByIntegerLiteral {
  public var description: String { String(value) }
  public init(integerLiteral value: UInt16) { self.init(value) }
}

extension ShardID: Wire {
  public init(from reader: inout Reader) throws(WireError) { self.init(try UInt16(from: &reader)) }
  public func write(to writer: inout Writer) { value.write(to: &writer) }
  public static func describe(in types: inout TypeTable) -> WireType { UInt16.describe(in: &types) }
}
