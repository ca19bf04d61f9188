// The items of one stream that its consumer has not confirmed: what may be added, what is sent, what is dropped. Pure.
//
// Every pull confirms what came before it, so a pull that is sent twice gets the same items twice, and none is lost or doubled.

struct StreamBuffer {
  private var items: [[UInt8]] = []
  /// Of `items`, the first that is not confirmed.
  private var head = 0
  /// The number of the item at `head`.
  private(set) var confirmed: UInt64 = 0
  private(set) var bytes = 0
  private(set) var end: StreamEnd?
  /// What the last pull asked for; before the first, the source takes one item and waits.
  private var window = 0

  var count: Int { items.count - head }
  /// Whether the source may go on. One item may pass the window, so that a large one gets through at all.
  var hasRoom: Bool { end == nil && bytes < window }

  mutating func append(_ item: [UInt8]) {
    guard end == nil else { return }
    items.append(item)
    bytes += item.count + StreamLimits.itemOverhead
  }

  /// The first end counts.
  mutating func finish(_ end: StreamEnd) { if self.end == nil { self.end = end } }

  /// Drops what the consumer has. False for a number that it cannot have seen, or has confirmed beyond.
  mutating func confirm(_ from: UInt64, credit: UInt64) -> Bool {
    window = Int(clamping: credit).clamped(to: StreamLimits.windows)
    guard from >= confirmed, from - confirmed <= UInt64(count) else { return false }
    for _ in confirmed..<from {
      bytes -= items[head].count + StreamLimits.itemOverhead
      items[head] = []
      head += 1
    }
    confirmed = from
    if head > 64, head * 2 > items.count {
      items.removeFirst(head)
      head = 0
    }
    return true
  }

  /// Whether a pull has an answer by now.
  var hasNews: Bool { count > 0 || end != nil }

  /// What fits in the window, at least one; the end with the last.
  func batch() -> StreamBatch {
    var taken = 0
    var size = 0
    for item in items[head...] {
      size += item.count + StreamLimits.itemOverhead
      if taken > 0, size > window { break }
      taken += 1
    }
    return StreamBatch(items: Array(items[head..<(head + taken)]), end: taken == count ? end : nil)
  }
}

extension Comparable {
  func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
