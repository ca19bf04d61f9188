// A few shards on their way out together: sealed at one time, given in one change of the register.

struct HandoffBatch: Sendable {
  /// Where each shard is to go.
  var targets: [ShardID: NodeID]
  let transfer: TransferID
  let sealedAt: Moment
  /// All owned shards, of a member that leaves as the last: they go to nobody.
  let isFarewell: Bool

  var shards: [ShardID] { targets.keys.sorted() }

  func adding(_ more: [ShardID: NodeID]) -> HandoffBatch {
    var batch = self
    batch.targets.merge(more) { $1 }
    return batch
  }
}

/// Another member's suspicion that waits for this node's word: whether the suspect answers a probe.
struct PendingWord: Sendable {
  let ticket: UInt64
  var suspects: Set<IncarnationName>
  let deadline: Moment
}

/// A burial that is confirmed and waits for the register.
struct Verdict: Sendable {
  let dead: [IncarnationName]
  let confirmation: Confirmation
}

/// An operator's setting that waits for the register.
struct PendingSetting: Sendable {
  let ticket: UInt64
  let setting: Setting
  let deadline: Moment
}
