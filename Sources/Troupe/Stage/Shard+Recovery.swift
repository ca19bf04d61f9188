// Taking a shard over: raise the fence, read the tail when it is the shard's turn, serve. And giving up on what is in memory when the
// log disagrees.

extension Shard {
  /// Between attempts while the store does not answer.
  private static var retryPause: Duration { .milliseconds(100) }

  /// Raises the fence, and reads the tail when it is this shard's turn; calls wait meanwhile. Repeats while the store is away, until
  /// the shard is dropped.
  func takeOver() {
    state = .taking
    stage.generations += 1
    generation = stage.generations
    tailTurn = .none
    takeArrived()
    stage.spawn { [id, generation, home = stage.home!, store = stage.store, writer = stage.writer] in
      do throws(StoreError) {
        let head = try await store.raiseFence(id, writer: writer)
        home.stage.value.shards[id.index]?.fenced(head, generation: generation)
      } catch {
        home.stage.value.shards[id.index]?.takeOverFailed(error, generation: generation)
      }
    }
  }

  private func fenced(_ head: Head, generation: UInt64) {
    guard generation == self.generation, state == .taking else { return }
    stage.onFenced?(id)
    stage.tailReads.enter(self, behind: head)
  }

  /// Called once, by `TailReads`, which wants to hear of its end.
  func readTail(behind head: Head) {
    // A part of it may have been read before the shard was this node's.
    let ahead = stage.arrivals.takeReadAhead(of: id.index, at: head)
    known = ahead?.snapshots ?? [:]
    cameAt = stage.loop.now
    let bound = LoopBound(ahead?.records ?? [], on: stage.loop)
    stage.spawn { [id, generation, home = stage.home!, store = stage.store, from = ahead?.end ?? head.floor] in
      let result: Result<[StoredRecord], StoreError>
      do throws(StoreError) { result = .success(bound.value + (try await store.readTail(id, from: from))) } catch {
        result = .failure(error)
      }
      let stage = home.stage.value
      // A shard that left meanwhile had its turn all the same.
      stage.tailReads.end()
      guard let shard = stage.shards[id.index], shard.generation == generation, shard.state == .taking else { return }
      shard.took(head, result)
    }
  }

  private func took(_ head: Head, _ result: Result<[StoredRecord], StoreError>) {
    let records: [StoredRecord]
    do throws(StoreError) { records = try result.get() } catch { return takeOverFailed(error, generation: generation) }
    tailTurn = .none
    // The tail may be read long after the fence was raised. Who raised it again since may have written.
    guard head.floor.distance(to: head.end) == records.count else {
      return stage.lose(self, "its log has \(records.count) records behind \(head.floor), and ended at \(head.end)")
    }
    journal = ShardJournal(fence: head.fence, end: head.end, nextBatch: head.lastBatch &+ 1)
    floor = head.floor
    kept = head.kept
    behindFloor = TailSize()
    for record in records { behindFloor.add(bytes: RecentRecords.size(of: record), at: stage.loop.now) }
    stage.tails.enter(behindFloor)
    suspects = Suspects(in: records, of: stage.writer, now: stage.loop.wallClock(), stage.quarantine)
    tail = Dictionary(grouping: records.lazy.filter { $0.turn.attempts == nil }) { TailKey(kind: $0.kind, entity: $0.entity) }
    beginSuspects()
    state = .serving
    stage.shardIsServed(id)
    beginReminders()
    beginConsumers()
    resumeParked()
    checkpointIfDue()
  }

  private func takeOverFailed(_ error: StoreError, generation: UInt64) {
    guard generation == self.generation, state == .taking else { return }
    stage.log(.warning, "shard \(id) cannot be taken over yet: \(error)")
    schedule(after: Self.retryPause) { shard in
      if shard.generation == generation, shard.state == .taking { shard.takeOver() }
    }
  }

  /// Reads a durable entity's state; its calls wait.
  func load(_ activation: Activation) {
    let key = TailKey(kind: activation.kindID, entity: activation.id)
    let records = tail.removeValue(forKey: key) ?? []
    guard floor > Offset(0) else { return loaded(activation, .success(nil), records) }
    if let snapshot = known.removeValue(forKey: key) { return loaded(activation, .success(snapshot), records) }
    activation.phase = .loading
    if !records.isEmpty { tailsBeingFolded += 1 }
    let bound = LoopBound(activation, on: stage.loop)
    stage.spawn { [id, store = stage.store, kind = activation.kindID, entity = activation.id] in
      let result: Result<Snapshot?, StoreError>
      do throws(StoreError) {
        result = .success(try await store.readSnapshot(id, kind: kind, entity: entity))
      } catch {
        result = .failure(error)
      }
      let activation = bound.value
      guard !activation.isDiscarded else { return }
      if !records.isEmpty { activation.shard.tailsBeingFolded -= 1 }
      activation.shard.loaded(activation, result, records)
    }
  }

  private func loaded(_ activation: Activation, _ result: Result<Snapshot?, StoreError>, _ records: [StoredRecord]) {
    do {
      try activation.restore(try result.get(), records)
      activation.phase = .idle
      activation.resume()
    } catch {
      // Nothing is served from a state that could not be read. The next call tries again.
      stage.log(.error, "\(activation.kind.name)/\(activation.id) cannot be read back: \(error)")
      if !records.isEmpty { tail[TailKey(kind: activation.kindID, entity: activation.id)] = records }
      evict(activation)
      activation.discard()
      dirty.removeAll { $0 === activation }
      for call in activation.takeWaiting() {
        stage.reply(to: call.sink, .notServing, text: "\(activation.kind.name)/\(activation.id) cannot be read back from the store")
      }
      turnEnded()
    }
  }

  /// The log did not take a batch, or nobody knows. What is in memory is ahead of it and goes; calls that waited for the disk
  /// are told that their outcome is unknown.
  func giveUpMemory() {
    if state != .taking { stage.tails.leave(behindFloor) }
    state = .taking
    stage.generations += 1
    generation = stage.generations
    tailTurn = .none
    checkpoint = nil
    endCheckpointTurn()
    dirty = []
    tail = [:]
    tailsBeingFolded = 0
    known = [:]
    arrived = [:]
    var attempts: [ParkedCall] = []
    for held in journal.abandon() {
      switch held.release {
      case .reply(let sink, _, _):
        stage.reply(to: sink, Sabotage.unknownAppend.isOn ? .refused : .unknown, text: "the log did not confirm the command")
      case .signal(let waiter): waiter.resume(returning: false)
      case .told(let calls): for call in calls { call.drop() }
      // It has not begun.
      case .attempt(let call): attempts.append(call.unattempted())
      }
    }
    stage.endStreams(of: self)
    endReminders()
    endConsumers()
    var waiting: [ParkedCall] = []
    for activation in table.all {
      activation.discard()
      waiting.append(contentsOf: activation.takeWaiting().map { $0.unattempted() })
    }
    table.removeAll()
    // Of one entity in the order in which they came; what is parked came last.
    parked = waiting + attempts + (suspects?.takeWaiting() ?? []) + parked
    suspects = nil
    if holdsCalls { stage.holders.insert(id.index) }
  }
}
