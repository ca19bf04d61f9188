// Counts a node's writes, and remembers that it has died of one.

final class DeathWatch: @unchecked Sendable {
  // Sound because a simulation has one thread.
  private var count = 0
  private(set) var isOver = false

  /// The number of the write that begins.
  func next() -> Int {
    defer { count += 1 }
    return count
  }

  func end() { isOver = true }
}
