// Shards whose next owner reads ahead while this node still serves them, so that little is left to do once they are its own.

struct WarmUps: Sendable {
  private struct Entry {
    let target: NodeID
    let since: Moment
    var isDone = false
  }

  private var entries: [ShardID: Entry] = [:]
  /// Members that let the limit pass: for a while their shards come to them cold, or each batch would wait for nothing.
  private var slow: [NodeID: Moment] = [:]

  var count: Int { entries.count }

  /// Begins what has not begun; answers just that.
  mutating func begin(_ moves: [(shard: ShardID, target: NodeID)], now: Moment, times: MembershipTimes) -> [ShardID: NodeID] {
    entries = entries.filter { now - $0.value.since < times.warmFor }
    slow = slow.filter { $0.value > now }
    var begun: [ShardID: NodeID] = [:]
    for (shard, target) in moves where slow[target] == nil && entries[shard]?.target != target {
      entries[shard] = Entry(target: target, since: now)
      begun[shard] = target
    }
    return begun
  }

  /// Whether nobody waits for it any more: the target has read, or has had its time.
  mutating func isOver(_ shard: ShardID, _ target: NodeID, now: Moment, times: MembershipTimes) -> Bool {
    if slow[target] != nil { return true }
    guard let entry = entries[shard], entry.target == target else { return false }
    guard !entry.isDone, now - entry.since >= times.warmLimit else { return entry.isDone }
    slow[target] = now + times.coldFor
    return true
  }

  mutating func ended(_ shards: [ShardID], _ target: NodeID) {
    for shard in shards where entries[shard]?.target == target { entries[shard]?.isDone = true }
  }

  mutating func forget(_ shard: ShardID) { entries[shard] = nil }
}
