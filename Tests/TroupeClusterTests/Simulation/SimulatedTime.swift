// Virtual time: what is due next happens next, and what is due at the same nanosecond happens in the order it was asked for.

@testable import TroupeCluster

final class SimulatedTime {
  private struct Entry {
    let at: Int64
    let sequence: UInt64
    let work: () -> Void
    func precedes(_ other: Entry) -> Bool { at == other.at ? sequence < other.sequence : at < other.at }
  }

  private var heap: [Entry] = []
  private var sequence: UInt64 = 0
  private(set) var nanoseconds: Int64 = 0

  var elapsed: Duration { .nanoseconds(nanoseconds) }

  func after(_ delay: Duration, _ work: @escaping () -> Void) {
    sequence += 1
    heap.append(Entry(at: nanoseconds + max(0, delay.wholeNanoseconds), sequence: sequence, work: work))
    var child = heap.count - 1
    while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Does what is due next; false when nothing ever will be.
  func step() -> Bool {
    guard let next = popFirst() else { return false }
    nanoseconds = next.at
    next.work()
    return true
  }

  private func popFirst() -> Entry? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[least]) { least = child }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
