// The entities of one shard that are in memory, found by the bytes of their id as they stand in a frame: no String is made
// for a look-up, and an empty table takes no memory. Open addressing with linear probing and backward-shift deletion.

struct EntityTable {
  private struct Slot {
    var hash: UInt64 = 0
    var activation: Activation?
  }
  /// Grown at three quarters full.
  private static let smallest = 8

  private var slots: [Slot] = []
  private(set) var count = 0

  func find(kind: UInt32, hash: UInt64, id: RawSpan) -> Activation? {
    guard count > 0 else { return nil }
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while let found = slots[index].activation {
      if slots[index].hash == hash, found.kindID == kind, sameBytes(found.id.utf8Span.span.bytes, id) { return found }
      index = (index + 1) & mask
    }
    return nil
  }

  func find(kind: UInt32, hash: UInt64, id: String) -> Activation? {
    guard count > 0 else { return nil }
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while let found = slots[index].activation {
      if slots[index].hash == hash, found.kindID == kind, found.id == id { return found }
      index = (index + 1) & mask
    }
    return nil
  }

  mutating func insert(_ activation: Activation) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    place(activation)
    count += 1
  }

  mutating func remove(_ activation: Activation) {
    guard count > 0 else { return }
    let mask = slots.count - 1
    var hole = Int(truncatingIfNeeded: activation.hash) & mask
    while slots[hole].activation !== activation {
      guard slots[hole].activation != nil else { return }
      hole = (hole + 1) & mask
    }
    slots[hole].activation = nil
    count -= 1
    // Whoever stood behind the hole because of a collision moves into it, so that no probe ends too early.
    var next = (hole + 1) & mask
    while let moved = slots[next].activation {
      let home = Int(truncatingIfNeeded: moved.hash) & mask
      if (next &- home) & mask >= (next &- hole) & mask {
        slots[hole] = slots[next]
        slots[next].activation = nil
        hole = next
      }
      next = (next + 1) & mask
    }
  }

  mutating func removeAll() {
    slots = []
    count = 0
  }

  /// In no order that may reach a decision.
  var all: [Activation] { slots.compactMap(\.activation) }

  private mutating func place(_ activation: Activation) {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: activation.hash) & mask
    while slots[index].activation != nil { index = (index + 1) & mask }
    slots[index] = Slot(hash: activation.hash, activation: activation)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: max(Self.smallest, old.count * 2))
    for slot in old {
      if let activation = slot.activation { place(activation) }
    }
  }
}

func sameBytes(_ left: RawSpan, _ right: RawSpan) -> Bool {
  let count = left.byteCount
  guard count == right.byteCount else { return false }
  var offset = 0
  while offset + 8 <= count {
    // In bounds by the line above; the checked form costs a branch more a word in a look-up that every call makes.
    if left.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      != right.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    {
      return false
    }
    offset += 8
  }
  while offset < count {
    if left.unsafeLoad(fromByteOffset: offset, as: UInt8.self) != right.unsafeLoad(fromByteOffset: offset, as: UInt8.self) { return false }
    offset += 1
  }
  return true
}
