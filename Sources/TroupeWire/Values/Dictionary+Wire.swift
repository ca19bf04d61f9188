// A count and the entries in the order of their keys' bytes, so that equal dictionaries are equal bytes.

extension Dictionary: Wire where Key: Wire, Value: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) {
    let count = try reader.count(stride: MemoryLayout<Key>.stride + MemoryLayout<Value>.stride)
    self.init(minimumCapacity: count)
    for _ in 0..<count {
      let key = try Key(from: &reader)
      guard updateValue(try Value(from: &reader), forKey: key) == nil else { throw .duplicateKey }
    }
  }

  @inlinable public func write(to writer: inout Writer) {
    writer.varint(UInt64(count))
    var entries = EntryOrder(at: writer.count, count)
    for (key, value) in self {
      key.write(to: &writer)
      let keyEnd = writer.count
      value.write(to: &writer)
      entries.add(keyEnd: keyEnd, end: writer.count)
    }
    writer.sort(&entries)
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    .dictionary(Key.describe(in: &types), Value.describe(in: &types))
  }
}
