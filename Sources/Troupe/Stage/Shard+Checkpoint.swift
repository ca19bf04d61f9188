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
    let snapshots: [SnapshotWrite]
    /// Whose they are.
    let captured: [Activation]
    /// How far the reminders' index had counted: what it got until then stands in these snapshots.
    let remindersUpTo: UInt64
    /// So many of them are stored already.
    var stored = 0
    var isWriting = false

    /// What the store is given at once, at most. Less after each failure, and slowly more again: a store that takes little in one go, or
    /// takes its time, stores it all the same.
    static let portion = 512
    private static let snapshotBytes = 8_192

    func next(_ portion: Int) -> (writes: ArraySlice<SnapshotWrite>, isLast: Bool) {
      let left = snapshots[stored...]
      var bytes = 0
      let count = left.prefix(portion).prefix { write in
        bytes += write.state?.count ?? 0
        return bytes <= portion * Self.snapshotBytes
      }.count
      let writes = left.prefix(max(1, count))
      return (writes, writes.count == left.count)
    }
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
    for (key, _) in inOrderOfTheLog(tail) {
      guard let kind = stage.registry.kinds[key.kind] else { continue }
      _ = activate(kind, key.entity, hash: entityHash(kindID: key.kind, id: key.entity))
    }
    guard tail.isEmpty else {
      // Somebody's records cannot be read, or their kind is not registered here: the floor must not pass them.
      checkpointNotBefore = stage.loop.now + Self.checkpointPause
      return
    }
    // Others that are being read stand in their snapshots alone: there are always some.
    guard tailsBeingFolded == 0 else { return }
    if floor.distance(to: journal.end) < Self.heldBackLimit, dirty.contains(where: \.refusesSnapshot) {
      // The log has what a snapshot of this version would not: the floor stays before it, until a version that knows comes.
      checkpointNotBefore = stage.loop.now + Self.checkpointPause
      return
    }
    var (captured, snapshots): ([Activation], [SnapshotWrite]) = ([], [])
    for activation in dirty {
      guard let snapshot = activation.capture() else { continue }
      captured.append(activation)
      snapshots.append(snapshot)
    }
    dirty = []
    checkpoint = Checkpoint(
      upTo: journal.end, size: behindFloor, began: stage.loop.now, snapshots: snapshots, captured: captured,
      remindersUpTo: reminders.sequence)
    carrySuspects()
  }

  /// One portion after the other. The floor goes with the last: until then there are newer snapshots above an old floor.
  private func writeCheckpoint() {
    guard let ready = checkpoint, !ready.isWriting, journal.isDurable(ready.upTo) else { return }
    checkpoint!.isWriting = true
    let (writes, isLast) = ready.next(checkpointPortion)
    let floor = isLast ? ready.upTo : floor
    let kept = isLast ? keptAfter(floor: floor) : kept
    stage.spawn { [id, generation, home = stage.home!, store = stage.store, fence = journal.fence] in
      do throws(StoreError) {
        try await store.writeSnapshots(Array(writes), shard: id, floor: floor, kept: kept, fence: fence)
        home.stage.value.shards[id.index]?.portionStored(writes.count, kept: isLast ? kept : nil, generation: generation)
      } catch {
        home.stage.value.shards[id.index]?.checkpointFailed(error, generation: generation)
      }
    }
  }

  private func portionStored(_ count: Int, kept: Offset?, generation: UInt64) {
    guard generation == self.generation, checkpoint != nil else { return }
    checkpoint!.stored += count
    checkpoint!.isWriting = false
    checkpointFailures = 0
    checkpointPortion = min(Checkpoint.portion, checkpointPortion + checkpointPortion / 8 + 1)
    if let kept { return checkpointed(checkpoint!, kept: kept) }
    if state == .serving { writeCheckpoint() } else { abandonCheckpoint() }
    turnEnded()
  }

  /// Nothing is lost: the log still has the records. What is stored of it stays, and the rest is captured anew by the next.
  func abandonCheckpoint() {
    guard let given = checkpoint, !given.isWriting else { return }
    checkpoint = nil
    for activation in given.captured[given.stored...] { activation.captureFailed() }
    endCheckpointTurn()
  }

  private func checkpointed(_ done: Checkpoint, kept: Offset) {
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

  /// Others may have better luck meanwhile, and entities that have not changed may leave memory.
  private func checkpointFailed(_ error: StoreError, generation: UInt64) {
    guard generation == self.generation, let failed = checkpoint else { return }
    stage.log(.warning, "shard \(id) could not store \(failed.snapshots.count - failed.stored) snapshots: \(error)")
    checkpointNotBefore = stage.loop.now + Self.failurePause * (1 << checkpointFailures)
    checkpointPortion = max(1, checkpointPortion / 2)
    checkpointFailures = min(checkpointFailures + 1, Self.longestFailurePause)
    checkpoint!.isWriting = false
    abandonCheckpoint()
    turnEnded()
  }

  private static let failurePause: Duration = .seconds(1)
  /// Doubled so many times at most: eight seconds.
  private static let longestFailurePause = 3
}
