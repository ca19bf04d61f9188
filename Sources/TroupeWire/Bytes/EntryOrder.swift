// Puts the entries of a dictionary or set in the order of their keys' bytes. That order needs nothing of the key's type and is
// the same in every language; a string's own order (by Unicode canonical equivalence) would be neither.

/// Where each entry that was just written begins, where its key ends, and where it ends.
@usableFromInline struct EntryOrder {
  @usableFromInline struct Entry {
    var start, keyEnd, end: Int
  }

  var entries: [Entry] = []
  var next: Int

  @usableFromInline init(at start: Int, _ count: Int) {
    next = start
    if count > 1 { entries.reserveCapacity(count) }
  }

  @usableFromInline mutating func add(keyEnd: Int, end: Int) {
    entries.append(Entry(start: next, keyEnd: keyEnd, end: end))
    next = end
  }
}

extension Writer {
  /// Puts the entries, which stand at the end of what was written, in order.
  @usableFromInline mutating func sort(_ order: inout EntryOrder) {
    guard order.entries.count > 1, let start = order.entries.first?.start else { return }
    let unsorted = Array(storage[start...])
    let bytes = unsorted.span
    order.entries.sort { left, right in
      let (leftCount, rightCount) = (left.keyEnd - left.start, right.keyEnd - right.start)
      for index in 0..<min(leftCount, rightCount) {
        let (a, b) = (bytes[left.start - start + index], bytes[right.start - start + index])
        if a != b { return a < b }
      }
      return leftCount < rightCount
    }
    truncate(to: start)
    for entry in order.entries { storage.append(contentsOf: unsorted[(entry.start - start)..<(entry.end - start)]) }
  }
}
