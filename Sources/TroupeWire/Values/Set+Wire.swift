// A count and the elements in the order of their bytes.

extension Set: Wire where Element: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) {
    let count = try reader.count(stride: MemoryLayout<Element>.stride)
    self.init(minimumCapacity: count)
    for _ in 0..<count {
      guard insert(try Element(from: &reader)).inserted else { throw .duplicateKey }
    }
  }

  @inlinable public func write(to writer: inout Writer) {
    writer.varint(UInt64(count))
    var entries = EntryOrder(at: writer.count, count)
    for element in self {
      element.write(to: &writer)
      entries.add(keyEnd: writer.count, end: writer.count)
    }
    writer.sort(&entries)
  }

  public static func describe(in types: inout TypeTable) -> WireType { .set(Element.describe(in: &types)) }
}
