// Scheduled work in the order of (deadline, sequence): a binary heap whose members know their slots, so that cancelling costs
// O(log n) and leaves nothing behind. Pure but for its callers; used by UVLoop for timers and by SimulatedWorld for everything.

/// A heap of timers. Lives on one loop.
package final class TimerQueue {
  private var heap: [LoopTimer] = []
  private var nextSequence: UInt64 = 0

  package init() {}

  package var count: Int { heap.count }
  package var earliest: Instant? { heap.first?.deadline }

  /// Adds work for `deadline`, behind everything that is already there for that instant.
  package func add(at deadline: Instant, _ work: @escaping () -> Void) -> LoopTimer {
    let timer = LoopTimer(deadline: deadline, sequence: nextSequence, work: work)
    nextSequence += 1
    insert(timer)
    return timer
  }

  /// Puts a timer that has just been popped back for a later deadline, with what it is to do then.
  package func putBack(_ timer: LoopTimer, until deadline: Instant, _ work: @escaping () -> Void) {
    precondition(timer.slot < 0, "timer \(timer.sequence) is still scheduled")
    timer.deadline = deadline
    timer.work = work
    insert(timer)
  }

  private func insert(_ timer: LoopTimer) {
    timer.queue = self
    timer.slot = heap.count
    heap.append(timer)
    rise(from: timer.slot)
  }

  /// Takes out the earliest timer if it is due, and hands over its work.
  package func popDue(at now: Instant) -> (() -> Void)? {
    guard let first = heap.first, first.deadline <= now else { return nil }
    let work = first.work
    first.work = nil
    remove(first)
    return work
  }

  package func removeAll() {
    let timers = heap
    heap = []
    for timer in timers {
      timer.slot = -1
      timer.queue = nil
      timer.work = nil
    }
  }

  func remove(_ timer: LoopTimer) {
    let slot = timer.slot
    guard slot >= 0 else { return }
    precondition(heap[slot] === timer, "timer \(timer.sequence) is not in slot \(slot)")
    timer.slot = -1
    timer.queue = nil
    let last = heap.removeLast()
    guard last !== timer else { return }
    place(last, at: slot)
    rise(from: slot)
    sink(from: last.slot)
  }

  private static func isBefore(_ left: LoopTimer, _ right: LoopTimer) -> Bool {
    left.deadline == right.deadline ? left.sequence < right.sequence : left.deadline < right.deadline
  }

  private func place(_ timer: LoopTimer, at slot: Int) {
    heap[slot] = timer
    timer.slot = slot
  }

  private func rise(from start: Int) {
    var slot = start
    let timer = heap[slot]
    while slot > 0 {
      let parent = heap[(slot - 1) / 2]
      guard Self.isBefore(timer, parent) else { break }
      place(parent, at: slot)
      slot = (slot - 1) / 2
    }
    place(timer, at: slot)
  }

  private func sink(from start: Int) {
    var slot = start
    let timer = heap[slot]
    while true {
      var child = 2 * slot + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, Self.isBefore(heap[child + 1], heap[child]) { child += 1 }
      guard Self.isBefore(heap[child], timer) else { break }
      place(heap[child], at: slot)
      slot = child
    }
    place(timer, at: slot)
  }
}
