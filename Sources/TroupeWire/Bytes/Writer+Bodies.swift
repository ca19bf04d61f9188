// Length-prefixed parts whose length is known only when they are written. Most are under 128 bytes, so one byte is kept free
// for the length; a longer body is moved once.

extension Writer {
  /// What `write` appends, behind its length.
  @inlinable public mutating func body(_ write: (inout Writer) -> Void) {
    let start = storage.count
    storage.append(0)
    write(&self)
    let count = storage.count &- start &- 1
    if count < 0x80 {
      storage[start] = UInt8(truncatingIfNeeded: count)
    } else {
      lengthen(at: start, count)
    }
  }

  /// Puts the canonical varint `count` where one byte was kept free.
  @usableFromInline mutating func lengthen(at start: Int, _ count: Int) {
    var prefix = Writer()
    prefix.varint(UInt64(count))
    storage[start] = prefix.storage[0]
    storage.insert(contentsOf: prefix.storage[1...], at: start + 1)
  }
}
