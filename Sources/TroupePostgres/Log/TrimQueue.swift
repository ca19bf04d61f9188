// Which shards have rows below their `kept` to remove: one at a time, a piece at a time, when nobody waits for it. Pure.
import TroupeCluster

struct TrimQueue {
  /// Rows removed at once: a few milliseconds.
  static let piece = 1_024

  private var shards: [ShardID] = []
  private var isRunning = false

  /// Whether the caller is to begin.
  mutating func add(_ shard: ShardID) -> Bool {
    if !shards.contains(shard) { shards.append(shard) }
    defer { isRunning = true }
    return !isRunning
  }

  /// The next shard; nil ends the run.
  mutating func next() -> ShardID? {
    guard !shards.isEmpty else {
      isRunning = false
      return nil
    }
    return shards.removeFirst()
  }
}
