// Snapshots of a shard, so that its tail stays short: the states of all entities that changed, captured at one instant and
// written once the log is durable up to it.

extension Shard {
  private static var checkpointPause: Duration { .seconds(10) }
  /// Records behind the floor past which a snapshot is written although another version loses by it: a take-over reads all of them.
  static var heldBackLimit: Int { 65_536 }

  struct Checkpoint {
    let upTo: Offset
    let size: TailSize
    let began: Instant
    var snapshots: [SnapshotWrite]
    /// How far the reminders' index had counted: what it got until then stands in these snapshots.
    let remindersUpTo: UInt64
    var isWriting = false
  }

  /// Of the few checkpoints that a loop has under way at once.
  enum CheckpointTurn {
    case none, waiting, held
  }

  func markDirty(_ activation: Activation) {
    dirty.append(activation)
  }

  func checkpointIfDue() {
    guard state == .serving else { return }
    // Whoever takes over has more than its part for a while: first those who wait are served, then it is put into snapshots.
    let mayBegin = checkpoint == nil && checkpointTurn == .none && !stage.tailReads.isReading
    if mayBegin, isCheckpointDue { wantCheckpoint() }
    writeCheckpoint()
  }

  private var isCheckpointDue: Bool {
    let (policy, now) = (stage.snapshotPolicy, stage.loop.now)
    return behindFloor.isDue(policy, now: now) || stage.tails.takesTurn(policy, having: behindFloor.records, now: now)
  }

  /// Begins one as soon as it is this shard's turn.
  func wantCheckpoint() {
    guard checkpointTurn == .none, checkpoint == nil else { return }
    checkpointTurn = .waiting
    let (generation, turns) = (generation, stage.checkpoints)
    turns.begin { [home = stage.home!, id] in
      guard let shard = home.stage.value.shards[id.index], shard.generation == generation else { return turns.end() }
      shard.checkpointTurn = .held
      shard.beginCheckpoint()
      if shard.checkpoint == nil { shard.endCheckpointTurn() } else { shard.writeCheckpoint() }
    }
  }

  /// When it is stored, when nothing came of it, and when this node gives up on the shard.
  func endCheckpointTurn() {
    let isHeld = checkpointTurn == .held
    checkpointTurn = .none
    if isHeld { stage.checkpoints.end() }
  }

  private func beginCheckpoint() {
    guard state == .serving, checkpoint == nil, stage.loop.now >= checkpointNotBefore else { return }
    // Whoever nobody has called since the take-over must be folded too, or the floor could not pass its records.
    for (key, _) in tail {
      guard let kind = stage.registry.kinds[key.kind] else { continue }
      _ = activate(kind, key.entity, hash: entityHash(kindID: key.kind, id: key.entity))
    }
    guard tail.isEmpty else {
      // Somebody's records cannot be read, or their kind is not registered here: the floor must not pass them.
      checkpointNotBefore = stage.loop.now + Self.checkpointPause
      return
    }
    guard !dirty.contains(where: { $0.phase == .loading }) else { return }
    guard !table.all.contains(where: { $0.kind.isDurable && $0.phase == .loading }) else { return }
    if floor.distance(to: journal.end) < Self.heldBackLimit, dirty.contains(where: \.refusesSnapshot) {
      // The log has what a snapshot of this version would not: the floor stays before it, until a version that knows comes.
      checkpointNotBefore = stage.loop.now + Self.checkpointPause
      return
    }
    let captured = dirty.compactMap { $0.capture() }
    dirty = []
    checkpoint = Checkpoint(
      upTo: journal.end, size: behindFloor, began: stage.loop.now, snapshots: captured, remindersUpTo: reminders.sequence)
    carrySuspects()
  }

  private func writeCheckpoint() {
    guard let ready = checkpoint, !ready.isWriting, journal.isDurable(ready.upTo) else { return }
    checkpoint!.isWriting = true
    let kept = keptAfter(floor: ready.upTo)
    stage.spawn { [id, generation, home = stage.home!, store = stage.store, fence = journal.fence] in
      do throws(StoreError) {
        try await store.writeSnapshots(ready.snapshots, shard: id, floor: ready.upTo, kept: kept, fence: fence)
        home.stage.value.shards[id.index]?.checkpointed(ready, kept: kept, generation: generation)
      } catch {
        home.stage.value.shards[id.index]?.checkpointFailed(error, generation: generation)
      }
    }
  }

  private func checkpointed(_ done: Checkpoint, kept: Offset, generation: UInt64) {
    guard generation == self.generation else { return }
    self.kept = kept
    floor = done.upTo
    behindFloor.subtract(done.size, began: done.began)
    stage.tails.subtract(done.size)
    checkpoint = nil
    endCheckpointTurn()
    reminders.stored(upTo: done.remindersUpTo)
    stage.counters.snapshots += UInt64(done.snapshots.count)
    checkpointIfDue()
    turnEnded()
  }

  /// Nothing is lost: the log still has the records. The next attempt captures anew, so it needs all that was dirty then.
  private func checkpointFailed(_ error: StoreError, generation: UInt64) {
    guard generation == self.generation else { return }
    stage.log(.warning, "shard \(id) could not store \(checkpoint?.snapshots.count ?? 0) snapshots: \(error)")
    schedule(after: .seconds(1)) { shard in
      guard shard.generation == generation, shard.checkpoint != nil else { return }
      shard.checkpoint!.isWriting = false
      shard.writeCheckpoint()
    }
  }
}
