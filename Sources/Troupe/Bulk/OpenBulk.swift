// To which entities bulk calls of a loop are under way: what the same loop sends there meanwhile must not overtake them.

struct OpenBulk {
  private var calls: [UInt64: Int] = [:]

  /// A call to the entity with this hash is made. Answers what `close` wants to know, and 0 for a call that is not bulk.
  @inline(__always)
  mutating func open(_ hash: UInt64, isBulk: Bool) -> UInt64 { isBulk || !calls.isEmpty ? count(hash, isBulk) : 0 }

  @inline(never)
  private mutating func count(_ hash: UInt64, _ isBulk: Bool) -> UInt64 {
    let entity = hash | 1
    guard isBulk || calls[entity] != nil else { return 0 }
    calls[entity, default: 0] += 1
    return entity
  }

  @inline(never)
  mutating func close(_ entity: UInt64) {
    guard let count = calls[entity] else { return }
    calls[entity] = count > 1 ? count - 1 : nil
  }

  /// Whether a call that is made now has to be bulk.
  @inline(__always)
  func holds(_ hash: UInt64) -> Bool { !calls.isEmpty && calls[hash | 1] != nil }
}
