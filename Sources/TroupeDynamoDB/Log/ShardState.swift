// What is remembered of shards between calls: it saves reading them, and is never trusted to refuse.
import Synchronization
import TroupeCluster
import TroupeJournal

/// A shard's own item and the last of its log, both read (or written by us) at one fence.
struct ShardState: Sendable {
  var shard: ShardItem
  var head: Head
}

final class ShardMemory: Sendable {
  private let states = Mutex<[ShardID: ShardState]>([:])

  /// At most one for each shard of the cluster.
  subscript(_ shard: ShardID) -> ShardState? {
    get { states.withLock { $0[shard] } }
    set { states.withLock { $0[shard] = newValue } }
  }

  /// Changes it if it is there and still at that fence.
  func change(_ shard: ShardID, at fence: Fence, _ body: (inout ShardState) -> Void) {
    states.withLock { states in
      guard var state = states[shard], state.head.fence == fence else { return }
      body(&state)
      states[shard] = state
    }
  }
}
