// A group on one shard: the driver of a `ConsumerPump`. It fetches, delivers, buries and waits as the pump says, and decides nothing.

/// Lives on its shard's loop, from a take-over to the next.
final class ShardConsumer {
  let subscription: any Subscription
  private unowned let shard: Shard
  private(set) var pump: ConsumerPump
  /// As the store has it, or will.
  private(set) var generation: UInt32 = 0
  /// Where it began: what its first note says, whenever that arrives.
  private(set) var beginning = Offset(0)
  /// Of a consumer that keeps its own place: what it said, or what it was last given.
  private(set) var place: ConsumerPlace?
  private var hasTaken = false
  private var isEnded = false
  private var timer: LoopTimer?
  private var effects: [ConsumerPump.Effect] = []
  private var isPerforming = false

  init(_ subscription: any Subscription, of shard: Shard) {
    self.subscription = subscription
    self.shard = shard
    pump = ConsumerPump(subscription.policy, seed: shard.stage.loop.random())
  }

  func start(at offset: Offset, generation: UInt32, place: ConsumerPlace? = nil) {
    self.generation = generation
    self.place = place
    beginning = offset
    take(.started(at: offset))
  }

  func grew(to end: Offset) { take(.grew(to: end)) }

  func end() {
    guard !isEnded else { return }
    isEnded = true
    shard.stage.pastConsumers[subscription.group, default: ConsumerCounts()].add(pump)
    timer?.cancel()
    timer = nil
  }

  // MARK: Its own place

  private static let keeperPause: Duration = .seconds(1)

  /// Asks who keeps the place where that is, until he says so; `shard` then begins it.
  func askForPlace(_ keeper: any PlaceKeeper) {
    let bound = LoopBound(self, on: shard.stage.loop)
    shard.stage.spawnApart { [id = shard.id] in
      do {
        let place = try await keeper.place(in: id)
        bound.value.found(place)
      } catch {
        bound.value.foundNothing(keeper, "\(error)")
      }
    }
  }

  private func found(_ place: ConsumerPlace?) {
    if !isEnded { shard.begin(self, at: place) }
  }

  private func foundNothing(_ keeper: any PlaceKeeper, _ error: String) {
    guard !isEnded else { return }
    take(.notStarted("its place cannot be read: \(error)"))
    timer = shard.stage.loop.schedule(after: Self.keeperPause) { [weak self] in self?.askForPlace(keeper) }
  }

  private func displaced() {
    if !isEnded { shard.beginAgain(self) }
  }

  // MARK: The machine

  private func take(_ event: ConsumerPump.Event) {
    guard !isEnded else { return }
    effects += pump.handle(event)
    guard !isPerforming else { return }
    isPerforming = true
    while !effects.isEmpty { perform(effects.removeFirst()) }
    isPerforming = false
  }

  private func perform(_ effect: ConsumerPump.Effect) {
    switch effect {
    case .fetch(let offset, let limit): fetch(from: offset, limit: limit)
    case .deliver(let records, let attempt): deliver(records, attempt)
    case .bury(let record, let attempts, let error): bury(record, attempts, error)
    case .pause(let pause):
      timer = shard.stage.loop.schedule(after: pause) { [weak self] in
        self?.timer = nil
        self?.take(.pauseEnded)
      }
    case .commit: shard.consumersMoved()
    }
  }

  private func fetch(from offset: Offset, limit: Int) {
    if !subscription.isArchive,
      let page = shard.recent.page(
        from: offset, to: shard.journal.durable, limit: limit,
        where: {
          subscription.concerns(kind: $0.kind, entity: $0.entity)
        })
    {
      return take(.fetched(page.records, upTo: page.upTo))
    }
    let reads = shard.stage.backlogReads
    reads.begin { [weak self] in
      guard let self, !isEnded else { return reads.end() }
      readBacklog(from: offset, limit: limit)
    }
  }

  private func readBacklog(from offset: Offset, limit: Int) {
    let reads = LoopBound(shard.stage.backlogReads, on: shard.stage.loop)
    spawn { [store = shard.stage.store, archive = subscription.isArchive ? nil : shard.stage.archive, id = shard.id, subscription] in
      defer { reads.value.end() }
      do throws(StoreError) {
        let records = try await Self.page(of: id, from: offset, limit: limit, store, archive)
        let wanted = records.filter { subscription.concerns(kind: $0.kind, entity: $0.entity) }
        return .fetched(wanted, upTo: offset.advanced(by: records.count))
      } catch {
        if case .cutOff(let start) = error { return .cutOff(start) }
        return .fetchFailed
      }
    }
  }

  /// From the archive what the log has let go of.
  private static nonisolated(nonsending) func page(
    of shard: ShardID, from offset: Offset, limit: Int, _ store: any Store, _ archive: (any RecordArchive)?
  ) async throws(StoreError) -> [StoredRecord] {
    do throws(StoreError) {
      return try await store.readPage(shard, from: offset, limit: limit)
    } catch {
      guard case .cutOff = error, let archived = try await archive?.read(shard, from: offset, limit: limit), !archived.isEmpty else {
        throw error
      }
      return archived
    }
  }

  private func deliver(_ records: [StoredRecord], _ attempt: Int) {
    let next = ConsumerPlace(generation: generation, offset: records[records.count - 1].offset.advanced(by: 1))
    let batch = RecordBatch(shard: shard.id, records: records, attempt: attempt, expected: place, next: next, isFirst: !hasTaken)
    let bound = LoopBound(self, on: shard.stage.loop)
    spawn { [subscription, cluster = shard.stage.cluster!, loop = shard.stage.loop] in
      let patience = subscription.policy.patience
      let work = Task(executorPreference: loop) { try await subscription.deliver(batch, cluster) }
      let watch = LoopBound(loop.schedule(after: patience) { work.cancel() }, on: loop)
      defer { watch.value.cancel() }
      do {
        if try await work.value { bound.value.took(next) }
        return .delivered
      } catch is PlaceMoved {
        bound.value.displaced()
        return .held("another owner of the shard was faster")
      } catch let error as MessagesLeft {
        return .partly(left: Set(error.offsets), error.reason, isHeld: error.canWait)
      } catch let error as ConsumerUnavailable {
        return .held(error.reason)
      } catch {
        return .failed(work.isCancelled ? "it took longer than \(patience)" : "\(error)")
      }
    }
  }

  private func took(_ next: ConsumerPlace) {
    place = next
    hasTaken = true
  }

  private func bury(_ record: StoredRecord, _ attempts: Int, _ error: String) {
    let letters = letters(of: record, attempts, error)
    shard.stage.log(
      .error, "\(subscription.group) gave up on offset \(record.offset) of shard \(shard.id), from \(record.entity): \(error)")
    spawn { [group = subscription.group, cluster = shard.stage.cluster!] in
      do {
        for letter in letters { try await cluster.entity(DeadLetters.self, group).bury(letter) }
        return .buried
      } catch {
        return .notBuried("\(error)")
      }
    }
  }

  /// What failed is buried as what it was at first, also when it came back from there.
  private func letters(of record: StoredRecord, _ attempts: Int, _ error: String) -> [DeadLetter] {
    let now = shard.stage.loop.wallClock().milliseconds
    if record.kind == DeadLetters.kindID, record.entity == subscription.group {
      return record.turn.events.compactMap { bytes in
        guard case .returned(var letter)? = try? DeadLetters.Event(wireBytes: bytes) else { return nil }
        (letter.attempts, letter.error, letter.buried) = (letter.attempts + attempts, error, now)
        return letter
      }
    }
    return [
      DeadLetter(
        shard: shard.id.value, offset: record.offset.value, kind: record.kind, entity: record.entity, recorded: record.turn.wallTime,
        buried: now, attempts: attempts, error: error, events: record.turn.events, generation: generation)
    ]
  }

  /// Runs on the loop; what it answers counts only while this shard is still served as it was.
  private func spawn(_ work: @escaping @Sendable () async -> ConsumerPump.Event) {
    let bound = LoopBound(self, on: shard.stage.loop)
    shard.stage.spawnApart {
      let event = await work()
      bound.value.take(event)
    }
  }
}
