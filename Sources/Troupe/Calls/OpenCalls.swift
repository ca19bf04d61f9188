// Which of this caller's numbered calls are unanswered: the lowest of them travels with each call, and lets entities forget
// the records of all before it.

struct OpenCalls {
  private(set) var lowest: UInt64 = 1
  private var next: UInt64 = 1
  /// Of `lowest + index`, whether it was answered out of order.
  private var answered: [Bool] = []
  private var head = 0

  mutating func open() -> UInt64 {
    defer { next += 1 }
    answered.append(false)
    return next
  }

  mutating func close(_ sequence: UInt64) {
    guard sequence >= lowest else { return }
    answered[head + Int(sequence - lowest)] = true
    while head < answered.count, answered[head] {
      head += 1
      lowest += 1
    }
    if head > 4_096, head * 2 > answered.count {
      answered.removeFirst(head)
      head = 0
    } else if head == answered.count {
      answered.removeAll(keepingCapacity: true)
      head = 0
    }
  }
}
