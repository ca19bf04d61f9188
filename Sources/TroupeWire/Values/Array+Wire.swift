// A count and the elements. Memory is taken only for counts that the bytes left can hold.

extension Array: Wire where Element: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) {
    self = try Element.readArray(from: &reader)
  }

  @inlinable public func write(to writer: inout Writer) {
    writer.varint(UInt64(count))
    Element.writeElements(self, to: &writer)
  }

  public static func describe(in types: inout TypeTable) -> WireType { Element.describeArray(in: &types) }
}
