// The entities of one shard that are in memory, found by the bytes of their id as they stand in a frame: no String is made
// for a look-up, and an empty table takes no memory. Open addressing with linear probing and backward-shift deletion.

struct EntityTable {
  /// Grown at three quarters full.
  private static let smallest = 8

  /// A look-up costs what it misses in the cache: hash and reference share a line, and a probe that does not match touches no object.
  private struct Slot {
    var hash = EntityTable.vacant
    var activation: Activation?
  }

  private var slots: [Slot] = []
  private(set) var count = 0

  func find(kind: UInt32, hash: UInt64, id: RawSpan) -> Activation? {
    guard count > 0 else { return nil }
    let mask = slots.count - 1
    var index = Self.home(hash, mask)
    while slots[index].hash != Self.vacant {
      if slots[index].hash == Self.mark(hash), let found = slots[index].activation, found.kindID == kind,
        sameBytes(found.id.utf8Span.span.bytes, id)
      {
        return found
      }
      index = (index + 1) & mask
    }
    return nil
  }

  func find(kind: UInt32, hash: UInt64, id: String) -> Activation? {
    find(kind: kind, hash: hash, id: id.utf8Span.span.bytes)
  }

  mutating func insert(_ activation: Activation) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    place(activation)
    count += 1
  }

  mutating func remove(_ activation: Activation) {
    guard count > 0 else { return }
    let mask = slots.count - 1
    var hole = Self.home(activation.hash, mask)
    while slots[hole].activation !== activation {
      guard slots[hole].hash != Self.vacant else { return }
      hole = (hole + 1) & mask
    }
    clear(hole)
    count -= 1
    // Whoever stood behind the hole because of a collision moves into it, so that no probe ends too early.
    var next = (hole + 1) & mask
    while slots[next].hash != Self.vacant {
      let home = Self.home(slots[next].hash, mask)
      if (next &- home) & mask >= (next &- hole) & mask {
        slots[hole] = slots[next]
        clear(next)
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

  // MARK: Slots

  /// What stands in a slot that nobody has.
  private static let vacant: UInt64 = 0
  /// A hash as it stands in a slot: never the vacant one.
  private static func mark(_ hash: UInt64) -> UInt64 { hash == vacant ? 1 : hash }
  /// The low bits: the high ones chose the shard.
  private static func home(_ hash: UInt64, _ mask: Int) -> Int { Int(truncatingIfNeeded: mark(hash)) & mask }

  private mutating func clear(_ index: Int) {
    slots[index] = Slot()
  }

  private mutating func place(_ activation: Activation) {
    let mask = slots.count - 1
    var index = Self.home(activation.hash, mask)
    while slots[index].hash != Self.vacant { index = (index + 1) & mask }
    slots[index] = Slot(hash: Self.mark(activation.hash), activation: activation)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: max(Self.smallest, old.count * 2))
    for case let activation? in old.lazy.map(\.activation) { place(activation) }
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
