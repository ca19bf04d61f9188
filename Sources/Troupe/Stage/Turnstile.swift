// What a thousand shards want to do at the same time and need not: it would keep their loop from its calls, and fill its memory.

/// Lets so many pieces of background work of one loop begin at once, and the others in the order in which they came.
final class Turnstile {
  /// Pages of their logs that shards read for consumers who are behind: what a loop is given of them in one pass.
  static let pages = 4
  /// Checkpoints: each captures some thousand states in one pass, and has the store write them.
  static let checkpoints = 2

  private let limit: Int
  private var underWay = 0
  private var waiting: [() -> Void] = []
  private var head = 0

  init(limit: Int) { self.limit = limit }

  /// Calls `start` once there is room; whoever started says when it has ended.
  func begin(_ start: @escaping () -> Void) {
    guard underWay < limit else { return waiting.append(start) }
    underWay += 1
    start()
  }

  func end() {
    guard head < waiting.count else {
      underWay -= 1
      return
    }
    let next = waiting[head]
    waiting[head] = {}
    head += 1
    if head * 2 >= waiting.count {
      waiting.removeFirst(head)
      head = 0
    }
    next()
  }
}
