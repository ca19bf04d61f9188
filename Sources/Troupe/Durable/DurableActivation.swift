// An event-sourced entity in memory. A command is one synchronous turn and one record; its reply, and the reply of a read
// that saw its events, wait at the shard's gate until the record is durable.

final class DurableActivation<E: EventSourced>: EntityActivation<E> {
  /// The entity's, which only its turns touch: those that begin here.
  private let turn: Turn<E.Event>
  private var window = DedupeWindow()
  /// Behind the last record of this entity.
  private var lastOffset = Offset(0)
  /// Changed since the shard's last checkpoint began.
  private var isDirty = false
  private var isDeleted = false
  /// What a newer version has appended to the state, and this one writes back.
  private var unknownFields: [UInt8] = []
  /// Something stored holds what this version does not know and cannot carry along: a snapshot of ours would lose it.
  private var knowsLess = false

  override init(_ entity: E, kind: Kind, id: String, hash: UInt64, shard: Shard) {
    turn = entity.assumeOnLoop { $0.turn }
    super.init(entity, kind: kind, id: id, hash: hash, shard: shard)
    phase = .loading
    let log = shard.stage.log
    turn.complain = { log(.error, "\(kind.name)/\(id): \($0)") }
  }

  override var isEvictable: Bool { super.isEvictable && !isDirty && shard.isDurable(lastOffset) }

  /// It has said something, and nobody has deleted it since.
  override var isListed: Bool { lastOffset > Offset(0) && !isDeleted }

  override var needsSnapshot: Bool { isDirty && phase == .idle && suspendedQueries == 0 }

  // MARK: Turns

  override func run(_ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage) {
    if isQuery { return ask(method, arguments, facts, to: sink, on: stage) }
    let argumentsHash = entityHash(kindID: 0, id: arguments)
    let now = stage.loop.wallClock()
    guard admit(method, argumentsHash, facts, at: now, to: sink) else { return }
    var writer = Writer()
    stage.exchangeScratch(&writer)
    defer { stage.giveBack(&writer) }
    stage.synchronousTurn = Stage.SynchronousTurn(caller: facts.identity, trace: facts.trace, isBulk: facts.isBulk)
    defer { stage.synchronousTurn = nil }
    stage.holdsTold = true
    let before = beforeGuardedTurn(on: stage)
    let result = run(.command, method, arguments, &writer)
    let told = stage.takeHeldTold()
    if let before, let early = undoIfEarly(before) {
      for call in told { call.drop() }
      return stage.reply(to: sink, .notYet, text: early)
    }
    let (status, reply) = stage.settle(result, writer, of: self)
    let (events, reminders) = (turn.takeEvents(), turn.book?.takeChanges() ?? [])
    if !events.isEmpty || !reminders.isEmpty {
      record(method, argumentsHash, facts.call, status, reply, events, reminders, at: now)
    }
    letOut(status, reply, to: sink)
    if !told.isEmpty { stage.letOut(told, after: lastOffset, of: shard) }
  }

  private func ask(_ method: UInt64, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage) {
    var writer = Writer()
    stage.exchangeScratch(&writer)
    defer { stage.giveBack(&writer) }
    stage.synchronousTurn = Stage.SynchronousTurn(caller: facts.identity, trace: facts.trace, isBulk: facts.isBulk)
    defer { stage.synchronousTurn = nil }
    let result = run(.query, method, arguments, &writer)
    if case .success(.suspends) = result {
      return TurnRunner.start(method, isQuery: true, arguments, facts, to: sink, of: self, on: stage)
    }
    if case .success(.stream) = result { return stage.open(stage.takeOpened(), of: self, to: sink) }
    let (status, reply) = stage.settle(result, writer, of: self)
    letOut(status, reply, to: sink)
  }

  // MARK: New cases

  /// What a turn may have to be taken back to, while some member of the view does not know all cases of this kind; nil otherwise.
  private func beforeGuardedTurn(on stage: Stage) -> BeforeTurn? {
    turn.guarded = stage.guarded.isEmpty ? nil : stage.guarded[kindID]
    guard turn.guarded != nil else { return nil }
    return guarded()
  }

  private func guarded() -> BeforeTurn {
    let state = entity.assumeOnLoop { $0.state }
    return BeforeTurn(book: turn.book, reminders: turn.book?.saved) { [entity] in entity.assumeOnLoop { E.restore(state, on: $0) } }
  }

  /// Takes everything back that the turn did when it would have recorded a case too early, and says which.
  private func undoIfEarly(_ before: BeforeTurn) -> String? {
    guard let early = turn.takeEarly() else { return nil }
    before.restoreState()
    turn.book = before.book
    if let saved = before.reminders { turn.book?.restore(saved) }
    stage.counters.refused += 1
    return "\(kind.name)/\(id) would record \(early); it can when every member of the cluster does"
  }

  /// One synchronous turn: what the method answered or threw, and what it emitted. A turn that emitted where it may not fails.
  private func run(
    _ phase: Turn<E.Event>.Phase, _ method: UInt64, _ arguments: RawSpan, _ writer: inout Writer
  ) -> Result<Outcome, any Error> {
    var reader = Reader(arguments)
    turn.begin(phase)
    let result: Result<Outcome, any Error>
    do { result = .success(try dispatch(method, &reader, &writer, entity)) } catch { result = .failure(error) }
    do { try turn.end() } catch { return .failure(error) }
    return result
  }

  /// The kind's: one for all its entities.
  private var dispatch: Dispatch<E> { unsafeDowncast(kind, to: DurableKind<E>.self).dispatch }  // only `DurableKind` makes one of these

  /// Whether the command is new; answers it otherwise.
  private func admit(_ method: UInt64, _ argumentsHash: UInt64, _ facts: CallFacts, at now: WallTime, to sink: ReplySink) -> Bool {
    guard stage.acknowledged.admit(facts.call, lowestOpen: facts.lowestOpen, now: stage.loop.now) else {
      stage.reply(to: sink, .deadlineExceeded, text: "its caller has had the answer: this is an earlier try that came late")
      return false
    }
    switch window.admit(facts.call, lowestOpen: facts.lowestOpen, method: method, argumentsHash: argumentsHash, now: now) {
    case .new:
      guard shard.canRecord else {
        stage.reply(to: sink, .overloaded, text: "the log of shard \(shard.id) is \(ShardJournal.backlogLimit) turns behind")
        return false
      }
      return true
    case .done(let status, let reply):
      // It may still be on its way to the disk: the gate decides.
      letOut(ReplyStatus(rawValue: status) ?? .value, reply, to: sink)
      return false
    case .reused:
      stage.reply(to: sink, .keyReused, text: "this idempotency key was used on \(kind.name)/\(id) for another call")
      return false
    case .full:
      stage.reply(
        to: sink, .overloaded,
        text:
          "\(kind.name)/\(id) remembers as many commands as it may; the oldest leave after 60 s, those with a key of their client's after a day"
      )
      return false
    }
  }

  /// `fired`: the reminder that the turn was for; nobody called it, so nobody asks for its answer.
  private func record(
    _ method: UInt64, _ argumentsHash: UInt64, _ call: CallID, _ status: ReplyStatus, _ reply: [UInt8],
    _ events: [[UInt8]], _ reminders: [ReminderChange], at now: WallTime, fired: String? = nil, isDelete: Bool = false
  ) {
    let turn = TurnRecord(
      call: call, method: method, argumentsHash: argumentsHash, status: status.rawValue, reply: reply, events: events,
      wallTime: now.milliseconds, isDelete: isDelete, fired: fired, reminders: reminders)
    if fired == nil {
      window.remember(
        DedupeEntry(call: call, method: method, argumentsHash: argumentsHash, status: status.rawValue, reply: reply, wallTime: now))
    }
    lastOffset = shard.record(kind: kindID, entity: id, turn)
    if !isDirty {
      isDirty = true
      shard.markDirty(self)
    }
    isDeleted = isDelete
    stage.counters.durable += 1
    if self.turn.book != nil { announceReminders() }
  }

  override func letOut(_ status: ReplyStatus, _ reply: [UInt8], to sink: ReplySink) {
    guard !isDiscarded else {
      return stage.reply(to: sink, .notServing, text: "\(kind.name)/\(id) is being reloaded from its log")
    }
    shard.letOut(after: lastOffset, status, reply, to: sink)
  }

  override func letOut(_ status: ReplyStatus, _ reply: Writer, to sink: ReplySink) { letOut(status, reply.bytes, to: sink) }

  override var gateOffset: Offset? { !isDiscarded && shard.isDurable(lastOffset) ? nil : lastOffset }

  override func delete(_ facts: CallFacts, to sink: ReplySink) {
    let now = stage.loop.wallClock()
    guard admit(SystemMethod.delete, 0, facts, at: now, to: sink) else { return }
    entity.assumeOnLoop { E.restore(E.initialState(), on: $0) }
    turn.book = nil
    (unknownFields, knowsLess) = ([], false)
    record(SystemMethod.delete, 0, facts.call, .value, [], [], [], at: now, isDelete: true)
    letOut(.value, [], to: sink)
  }

  // MARK: Recovery

  /// Folds a snapshot and the records behind it. Throws when they cannot be read: then nothing is served.
  override func restore(_ snapshot: Snapshot?, _ tail: [StoredRecord]) throws(WireError) {
    var state = E.initialState()
    if let snapshot {
      let stored = try E.storedState(snapshot.state)
      state = stored.state
      (unknownFields, knowsLess) = carriesUnknown ? (stored.rest, !stored.isWhole) : ([], !stored.isWhole || !stored.rest.isEmpty)
      var reader = Reader(snapshot.state.span.bytes)
      try reader.skip(stored.end)
      window.restore(try reader.read([DedupeEntry].self))
      isDeleted = reader.isAtEnd ? false : try reader.read(Bool.self)
      lastOffset = snapshot.offset
      let reminders = reader.isAtEnd ? [] : try reader.read([Reminder].self)
      if !reminders.isEmpty { ownBook().restore(reminders) }
    }
    // What was before the last deletion changes nothing any more; and the snapshot that it stood on may be gone already.
    let beginning = tail.last { $0.turn.isDelete }?.offset ?? Offset(0)
    for stored in tail where stored.offset >= lastOffset {
      let turn = stored.turn
      if turn.isDelete {
        state = E.initialState()
        self.turn.book = nil
        (unknownFields, knowsLess) = ([], false)
      }
      if stored.offset >= beginning {
        for bytes in turn.events {
          let stored = try E.storedEvent(bytes)
          if !stored.isWhole { knowsLess = true }
          E.apply(stored.event, to: &state)
        }
        if turn.fired != nil || !turn.reminders.isEmpty { ownBook().replay(turn) }
      }
      if turn.fired == nil {
        window.remember(
          DedupeEntry(
            call: turn.call, method: turn.method, argumentsHash: turn.argumentsHash, status: turn.status, reply: turn.reply,
            wallTime: WallTime(milliseconds: turn.wallTime)))
      }
      isDeleted = turn.isDelete
      lastOffset = stored.offset.advanced(by: 1)
      if !isDirty {
        isDirty = true
        shard.markDirty(self)
      }
    }
    let folded = state
    entity.assumeOnLoop { E.restore(folded, on: $0) }
    if turn.book != nil { announceReminders() }
  }

  /// The state as it is now, to be stored once the log is durable up to `lastOffset`.
  override func capture() -> SnapshotWrite? {
    isDirty = false
    window.prune(now: stage.loop.wallClock())
    if refusesSnapshot { stage.log(.error, "\(kind.name)/\(id): a snapshot is written without what a newer version has stored") }
    var writer = Writer()
    let rest = unknownFields
    entity.assumeOnLoop { writer.write($0.state, carrying: rest) }
    writer.write(window.entries)
    writer.write(isDeleted)
    if let book = turn.book, !book.isEmpty { writer.write(book.pending.sorted { $0.name < $1.name }) }
    let isGone = isDeleted && window.isEmpty
    return SnapshotWrite(
      kind: kindID, entity: id, offset: lastOffset, state: isGone ? nil : writer.bytes, isTombstone: isDeleted, wake: turn.book?.wake)
  }

  override func captureFailed() {
    guard !isDirty else { return }
    isDirty = true
    shard.markDirty(self)
  }

  /// Whether the kind's state is a struct: behind the values of a case, nothing can be carried into another case.
  private var carriesUnknown: Bool {
    guard case .named(let name)? = kind.contract.state, case .structure? = kind.contract.types[name] else { return false }
    return true
  }

  /// A snapshot by this version would lose what a newer one has stored, or hold what an older one cannot read.
  override var refusesSnapshot: Bool {
    if knowsLess { return true }
    guard !stage.guarded.isEmpty, let guarded = stage.guarded[kindID] else { return false }
    return guarded.newCase(inState: entity.assumeOnLoop { $0.state.wireBytes }) != nil
  }

  // MARK: Reminders

  private func ownBook() -> ReminderBook {
    if let book = turn.book { return book }
    let book = ReminderBook()
    turn.book = book
    return book
  }

  /// Tells the shard when to look here next, when it does not know.
  private func announceReminders() {
    let now = stage.loop.wallClock().milliseconds
    guard let book = turn.book, let next = book.look(now: now) else { return }
    // A look that comes before it is time announces the next one.
    if let announced = book.announced, announced == next || (announced > now && announced < next) { return }
    book.announced = next
    shard.remind(self, at: next)
  }

  /// One turn, whose record says that the reminder is done: so it takes effect once, wherever the node ends.
  override func remind(to sink: ReplySink, on stage: Stage) {
    let wallClock = stage.loop.wallClock()
    let now = wallClock.milliseconds
    guard let book = turn.book else { return stage.reply(to: sink, .value, []) }
    // Announced for later it still is: told twice, the shard would look twice, for ever.
    if let announced = book.announced, announced <= now { book.announced = nil }
    defer { announceReminders() }
    guard let reminder = book.due(at: now) else { return stage.reply(to: sink, .value, []) }
    guard shard.canRecord else {
      // The shard looks again in a while, as after every answer that is none. Announced now it would be due at once.
      book.announced = book.next
      return stage.reply(to: sink, .overloaded, [])
    }
    let times = book.timesFailed(reminder.name)
    var writer = Writer()
    stage.exchangeScratch(&writer)
    defer { stage.giveBack(&writer) }
    stage.synchronousTurn = Stage.SynchronousTurn(caller: nil, trace: nil, isBulk: false)
    defer { stage.synchronousTurn = nil }
    stage.holdsTold = true
    let before = beforeGuardedTurn(on: stage)
    book.fires(reminder.name)
    let result = run(.command, reminder.method, reminder.arguments.span.bytes, &writer)
    let told = stage.takeHeldTold()
    if let before, let early = undoIfEarly(before) {
      stage.log(.warning, "the reminder '\(reminder.name)' waits: \(early)")
      book.failed(reminder, before: 0, now: now, jitter: stage.loop.random())
      for call in told { call.drop() }
      return stage.reply(to: sink, .value, [])
    }
    let (events, changes) = (turn.takeEvents(), book.takeChanges())
    if case .failure(let error) = result, events.isEmpty, changes.isEmpty {
      // It did nothing, and the log would say that it is done.
      stage.log(.error, "the reminder '\(reminder.name)' of \(kind.name)/\(id) failed, for the time \(times + 1): \(error)")
      stage.counters.remindersFailed += 1
      book.failed(reminder, before: times, now: now, jitter: stage.loop.random())
      for call in told { call.drop() }
      return stage.reply(to: sink, .value, [])
    }
    let (status, reply) = stage.settle(result, writer, of: self)
    record(reminder.method, 0, CallID(caller: 0, sequence: 0), status, reply, events, changes, at: wallClock, fired: reminder.name)
    stage.counters.reminders += 1
    if !told.isEmpty { stage.letOut(told, after: lastOffset, of: shard) }
    letOut(.value, [], to: sink)
  }
}

/// What a turn is taken back to. Of no type of its entity's: a generic value would be looked up by type in every turn.
private struct BeforeTurn {
  let book: ReminderBook?
  let reminders: ReminderBook.Saved?
  let restoreState: () -> Void
}
