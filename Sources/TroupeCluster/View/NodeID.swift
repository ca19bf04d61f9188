// Who a node is, across restarts.
public import TroupeWire

/// A node's name: what its certificate says (`spiffe://<cluster>/node/<id>`). One process at a time holds it.
public struct NodeID: Hashable, Comparable, Sendable {
  public let value: String

  public init(_ value: String) { self.value = value }

  /// In the order of the bytes, which is the same in every language and locale.
  public static func < (left: NodeID, right: NodeID) -> Bool { left.value.utf8.lexicographicallyPrecedes(right.value.utf8) }
}

extension NodeID: CustomStringConvertible, ExpressibleByStringLiteral {
  public var description: String { value }
  public init(stringLiteral value: String) { self.init(value) }
}

extension NodeID: Wire {
  public init(from reader: inout Reader) throws(WireError) { self.init(try reader.string()) }
  public func write(to writer: inout Writer) { writer.string(value) }
  public static func describe(in types: inout TypeTable) -> WireType { String.describe(in: &types) }
}
