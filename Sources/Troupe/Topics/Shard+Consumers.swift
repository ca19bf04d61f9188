// The consumers of a shard's log: begun when the shard is served, fed as it grows, and noted in the store from time to time.

extension Shard {
  /// Between two notes of how far the groups have come: what a crash repeats at the most, in time.
  private static var notePause: Duration { .milliseconds(200) }
  private static var storePause: Duration { .seconds(1) }

  /// After the shard was taken over: where does each group stand?
  func beginConsumers() {
    recent = RecentRecords(from: journal.end)
    consumers = stage.registry.subscriptions.map { ShardConsumer($0, of: self) }
    readConsumers()
  }

  func endConsumers() {
    for consumer in consumers { consumer.end() }
    consumers = []
    storedOffsets = nil
    noteTimer?.cancel()
    noteTimer = nil
    isNoting = false
    recent = RecentRecords(from: Offset(0))
  }

  private func readConsumers() {
    stage.spawn { [id, generation, home = stage.home!, store = stage.store, archive = stage.archive] in
      let result: Result<(offsets: [ConsumerOffset], archived: Range<Offset>?), StoreError>
      do throws(StoreError) {
        result = .success((try await store.readConsumers(id), try await archive?.reach(of: id)))
      } catch {
        result = .failure(error)
      }
      guard let shard = home.stage.value.shards[id.index], shard.generation == generation else { return }
      shard.tookConsumers(result)
    }
  }

  private func tookConsumers(_ result: Result<(offsets: [ConsumerOffset], archived: Range<Offset>?), StoreError>) {
    switch result {
    case .failure(let error):
      stage.log(.warning, "the consumers of shard \(id) cannot be read yet: \(error)")
      let generation = generation
      schedule(after: Self.storePause) { shard in
        if shard.generation == generation { shard.readConsumers() }
      }
    case .success(let found):
      storedOffsets = Dictionary(found.offsets.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
      archivedFrom = startOfArchive(found.archived)
      for consumer in consumers { begin(consumer) }
      // Who is new is noted at once, or a crash would let it begin elsewhere.
      note()
    }
  }

  /// The log is cut behind the archive's own offset; what is in the archive already must reach to where the log begins.
  private func startOfArchive(_ reach: Range<Offset>?) -> Offset? {
    guard stage.archive != nil else { return nil }
    if let noted = storedOffsets?[ArchiveSubscription.group], noted.offset < kept { return nil }
    guard let reach, reach.contains(kept) || reach.upperBound == kept else { return kept }
    return reach.lowerBound
  }

  /// From where on log and archive together have every record.
  private var oldest: Offset { archivedFrom ?? kept }

  private func begin(_ consumer: ShardConsumer) {
    let subscription = consumer.subscription
    consumer.grew(to: journal.durable)
    if let keeper = subscription.keeper { return consumer.askForPlace(keeper) }
    if let stored = storedOffsets?[subscription.group] {
      return consumer.start(at: stored.offset, generation: stored.generation)
    }
    consumer.start(at: firstStart(of: subscription), generation: 0)
  }

  /// Where a group begins that nobody knows yet.
  private func firstStart(of subscription: any Subscription) -> Offset {
    if subscription.isArchive { return kept }
    return subscription.policy.start == .beginning ? oldest : journal.durable
  }

  /// One that keeps its own place, which it has told now.
  func begin(_ consumer: ShardConsumer, at place: ConsumerPlace?) {
    let subscription = consumer.subscription
    let start = ConsumerStart(place: place, noted: storedOffsets?[subscription.group], first: firstStart(of: subscription))
    consumer.start(at: start.offset, generation: start.generation, place: place)
    note()
  }

  /// The place of this one is not where it was: somebody else served the shard as well, for a moment.
  func beginAgain(_ old: ShardConsumer) {
    guard let index = consumers.firstIndex(where: { $0 === old }) else { return }
    let noted = ConsumerOffset(group: old.subscription.group, generation: old.generation, offset: old.pump.position)
    old.end()
    if noted.replaces(storedOffsets?[noted.group]) { storedOffsets?[noted.group] = noted }
    let new = ShardConsumer(old.subscription, of: self)
    consumers[index] = new
    begin(new)
  }

  // MARK: The log grows

  func consumersGrew() {
    guard !consumers.isEmpty else { return }
    for consumer in consumers { consumer.grew(to: journal.durable) }
  }

  // MARK: Notes

  /// A group has taken something.
  func consumersMoved() {
    guard noteTimer == nil else { return }
    noteTimer = schedule(after: Self.notePause) { shard in
      shard.noteTimer = nil
      shard.note()
    }
  }

  /// Writes how far the groups have come.
  func note() {
    guard state != .taking, !isNoting, let stored = storedOffsets else { return }
    let moved = consumers.filter { $0.pump.phase != .starting }.map {
      ConsumerOffset(group: $0.subscription.group, generation: $0.generation, offset: $0.pump.position)
    }.filter { $0.replaces(stored[$0.group]) }
    recent.forget(before: consumers.lazy.filter { !$0.subscription.isArchive }.map(\.pump.position).min() ?? journal.durable)
    guard !moved.isEmpty else { return }
    isNoting = true
    stage.spawn { [id, generation, home = stage.home!, store = stage.store, fence = journal.fence] in
      let failure: StoreError?
      do throws(StoreError) {
        try await store.writeConsumers(moved, shard: id, fence: fence)
        failure = nil
      } catch {
        failure = error
      }
      guard let shard = home.stage.value.shards[id.index], shard.generation == generation else { return }
      shard.noted(moved, failure)
    }
  }

  private func noted(_ moved: [ConsumerOffset], _ failure: StoreError?) {
    isNoting = false
    if let failure {
      stage.log(.warning, "shard \(id) could not note its consumers: \(failure)")
    } else {
      for offset in moved { storedOffsets?[offset.group] = offset }
    }
    // What moved meanwhile, or was not written, is noted with the next.
    let isBehind = consumers.contains { consumer in
      storedOffsets?[consumer.subscription.group].map { $0.offset < consumer.pump.position } ?? true
    }
    if failure != nil || isBehind { consumersMoved() }
  }

  // MARK: Beginning anew

  /// Lets a group take everything once more that log and archive still have: for one that was cut off, or whose results are to be made anew.
  func restartConsumer(_ group: String) -> Bool {
    guard state == .serving, let stored = storedOffsets, let index = consumers.firstIndex(where: { $0.subscription.group == group }) else {
      return false
    }
    let old = consumers[index]
    old.end()
    let new = ShardConsumer(old.subscription, of: self)
    consumers[index] = new
    new.grew(to: journal.durable)
    new.start(
      at: old.subscription.isArchive ? kept : oldest, generation: max(old.generation, stored[group]?.generation ?? 0) + 1, place: old.place)
    note()
    return true
  }

  // MARK: What the log must keep

  /// From where records must stay when recovery needs them from `floor` on: for groups of this node, and for those that only others know.
  func keptAfter(floor: Offset) -> Offset {
    guard let storedOffsets else { return kept }
    var lowest = floor
    let policies = Dictionary(consumers.map { ($0.subscription.group, $0.subscription.policy) }, uniquingKeysWith: { first, _ in first })
    for offset in storedOffsets.values where offset.offset < lowest {
      let retention = UInt64((policies[offset.group] ?? ConsumerPolicy()).retention)
      lowest = min(lowest, max(offset.offset, Offset(floor.value - min(floor.value, retention))))
    }
    // One whose first note is not known to be stored: it may be on its way, and is what the next owner will find if this node ends now.
    for consumer in consumers where storedOffsets[consumer.subscription.group].map({ $0.generation < consumer.generation }) ?? true {
      lowest = min(lowest, consumer.beginning)
    }
    return max(kept, lowest)
  }
}
