// Input that a handler has not consumed yet. Small leftovers are the rule (half a frame); only large frames make it grow.

/// A growable queue of bytes in one piece of memory, which it gives back when it is empty and has become large.
struct InputBuffer: ~Copyable {
  /// Memory that an emptied buffer may keep.
  private static let kept = 16 << 10

  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  private var start = 0
  private(set) var count = 0

  init() {}

  deinit { base?.deallocate() }

  var isEmpty: Bool { count == 0 }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base.map { $0 + start }, count: count) }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    room(for: bytes.count).baseAddress?.copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  /// Memory behind the bytes for `more` of them at least; `filled` says how many were put there.
  mutating func room(for more: Int) -> UnsafeMutableRawBufferPointer {
    if capacity - start - count < more {
      if capacity - count >= more, start >= count {
        base?.copyMemory(from: base! + start, byteCount: count)
        start = 0
      } else {
        grow(to: count + more)
      }
    }
    return UnsafeMutableRawBufferPointer(start: base.map { $0 + start + count }, count: capacity - start - count)
  }

  mutating func filled(_ more: Int) { count += more }

  mutating func consume(_ bytes: Int) {
    start += bytes
    count -= bytes
    if count == 0 { removeAll() }
  }

  mutating func removeAll() {
    start = 0
    count = 0
    if capacity > Self.kept {
      base?.deallocate()
      base = nil
      capacity = 0
    }
  }

  private mutating func grow(to needed: Int) {
    capacity = max(needed, min(capacity * 2, capacity + (4 << 20)), 1 << 10)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    if let base {
      larger.copyMemory(from: base + start, byteCount: count)
      base.deallocate()
    }
    base = larger
    start = 0
  }
}
