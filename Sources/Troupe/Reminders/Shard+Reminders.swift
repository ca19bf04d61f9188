// Reminders of a shard that is served: looked for in the log's tail, in the store and in what its entities say, and fired when due.

extension Shard {
  /// Reminders whose commands are under way at once, a shard.
  private static var reminderLimit: Int { 64 }
  /// The longest sleep: the wall clock may jump.
  private static var longestLook: Int64 { 10_000 }
  /// Until a late one asks again whether it may, and until the store is asked again; milliseconds.
  private static var pause: Int64 { 20 }
  private static var storePause: Int64 { 1_000 }
  /// Until one whose entity is in quarantine is tried again; milliseconds.
  private static var quarantinePause: Int64 { 5_000 }

  private var wallNow: Int64 { stage.loop.wallClock().milliseconds }

  /// After the shard was taken over.
  func beginReminders() {
    for (key, records) in inOrderOfTheLog(tail.filter { $0.value.contains { !$0.turn.reminders.isEmpty } }) {
      for record in records {
        for case .set(let reminder) in record.turn.reminders { reminders.add(at: reminder.due, kind: key.kind, entity: key.entity) }
      }
    }
    servedSince = wallNow
    // Not all shards of a node that starts at once: their owners have calls to answer first.
    lookForReminders(in: Int64(stage.loop.random() % 200))
  }

  func endReminders() {
    reminderTimer?.cancel()
    reminderTimer = nil
    reminders = ReminderIndex()
    remindersUnderWay = 0
    doubtfulReminders = []
    provenReminders = []
  }

  /// An entity's earliest reminder is due at this time, milliseconds since 1970.
  func remind(_ activation: Activation, at time: Int64) {
    reminders.add(at: time, kind: activation.kindID, entity: activation.id)
    planReminders()
  }

  // MARK: Looking

  private func planReminders() {
    // Where as many are under way as may be, the first that ends looks again.
    guard state == .serving, remindersUnderWay < Self.reminderLimit, let wakeAt = reminders.wakeAt else { return }
    lookForReminders(in: min(max(0, wakeAt - wallNow), Self.longestLook))
  }

  private func lookForReminders(in wait: Int64) {
    let time = stage.loop.now + .milliseconds(wait)
    if let timer = reminderTimer, timer.deadline <= time { return }
    reminderTimer?.cancel()
    reminderTimer = schedule(after: .milliseconds(wait)) { shard in
      shard.reminderTimer = nil
      shard.lookForReminders()
    }
  }

  func lookForReminders() {
    guard state == .serving else { return }
    let now = wallNow
    if let question = reminders.question(now: now) { read(question) }
    var left = Self.reminderLimit
    while left > 0, remindersUnderWay < Self.reminderLimit, let at = reminders.wakeAt, at <= now {
      left -= 1
      guard now - at < LatePace.lateAfter || stage.lateReminders.take(now: stage.loop.now) else {
        return lookForReminders(in: Self.pause)
      }
      guard let entry = reminders.popDue(now: now) else { break }
      fire(entry)
    }
    planReminders()
  }

  private func read(_ question: ReminderIndex.Question) {
    stage.spawn { [id, generation, home = stage.home!, store = stage.store] in
      let result: Result<[Wake], StoreError>
      do throws(StoreError) {
        result = .success(try await store.readWakes(id, after: question.after, before: question.before, count: ReminderIndex.page))
      } catch {
        result = .failure(error)
      }
      guard let shard = home.stage.value.shards[id.index], shard.generation == generation else { return }
      shard.took(result)
    }
  }

  private func took(_ result: Result<[Wake], StoreError>) {
    switch result {
    case .success(let wakes):
      reminders.take(wakes)
      lookForReminders()
    case .failure(let error):
      stage.log(.warning, "the reminders of shard \(id) cannot be read yet: \(error)")
      reminders.failed()
      lookForReminders(in: Self.storePause)
    }
  }

  // MARK: Firing

  private func fire(_ entry: ReminderIndex.Entry) {
    guard let kind = stage.registry.kinds[entry.kind] else {
      return stage.log(.warning, "an entity of a kind that this node does not know has a reminder: \(entry.entity)")
    }
    remindersUnderWay += 1
    let hash = Self.hash(of: entry)
    var facts = CallFacts(
      deadline: stage.loop.now + Self.patience, identity: nil, callers: nil, call: CallID(caller: 0, sequence: 0), lowestOpen: 0, trace: nil
    )
    facts.isOrphan = mayHaveEndedTheLastOwner(entry)
    let listener = ReminderListener(self, entry)
    deliver(
      kind, entry.entity.utf8Span.span.bytes, hash: hash, SystemMethod.remind, isQuery: false, RawSpan(), facts,
      to: .waiter(ReplyWaiter(listener: listener)), on: stage)
  }

  /// The first of its entity that was due before this node took the shard over: it may have run where the shard was, and that node with
  /// it. What is due behind it had not run there; should it end this node, it is the first for the next.
  private func mayHaveEndedTheLastOwner(_ entry: ReminderIndex.Entry) -> Bool {
    entry.at < servedSince && !provenReminders.contains(Self.hash(of: entry))
      || doubtfulReminders.contains(TailKey(kind: entry.kind, entity: entry.entity))
  }

  private static func hash(of entry: ReminderIndex.Entry) -> UInt64 { entityHash(kindID: entry.kind, id: entry.entity) }

  /// How long an entity may be busy or on its way to memory before its reminder is tried anew.
  private static var patience: Duration { .seconds(30) }

  fileprivate func fired(_ entry: ReminderIndex.Entry, _ reply: Reply, generation: UInt64) {
    guard generation == self.generation else { return }
    remindersUnderWay -= 1
    // The entity itself says when it is to be looked at next. Where nobody asked it, it is asked again.
    let key = TailKey(kind: entry.kind, entity: entry.entity)
    if reply.status == .value {
      if entry.at < servedSince { provenReminders.insert(Self.hash(of: entry)) }
      doubtfulReminders.remove(key)
    } else {
      if mayHaveEndedTheLastOwner(entry) { doubtfulReminders.insert(key) }
      let pause = reply.status == .quarantined ? Self.quarantinePause : Self.storePause
      reminders.add(at: wallNow + pause, kind: entry.kind, entity: entry.entity)
    }
    lookForReminders(in: 0)
  }
}

/// Hears that a reminder's turn is durable, or why there was none.
private final class ReminderListener: ReplyListener {
  private let shard: Shard
  private let entry: ReminderIndex.Entry
  private let generation: UInt64

  init(_ shard: Shard, _ entry: ReminderIndex.Entry) {
    self.shard = shard
    self.entry = entry
    generation = shard.generation
  }

  override func replied(_ reply: Reply) { shard.fired(entry, reply, generation: generation) }
}
