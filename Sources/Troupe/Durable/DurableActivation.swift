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
    guard admit(method, argumentsHash, facts, to: sink) else { return }
    var writer = Writer()
    stage.exchangeScratch(&writer)
    defer { stage.giveBack(&writer) }
    stage.synchronousTurn = Stage.SynchronousTurn(caller: facts.identity, trace: facts.trace, isBulk: facts.isBulk)
    defer { stage.synchronousTurn = nil }
    var events: [[UInt8]] = []
    stage.holdsTold = true
    let result = run(.command, method, arguments, &writer, &events)
    let told = stage.takeHeldTold()
    let (status, reply) = stage.settle(result, writer, of: self)
    if !events.isEmpty {
      record(method, argumentsHash, facts, status, reply, events, isDelete: false)
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
    var events: [[UInt8]] = []
    let result = run(.query, method, arguments, &writer, &events)
    if case .success(.suspends) = result {
      return TurnRunner.start(method, isQuery: true, arguments, facts, to: sink, of: self, on: stage)
    }
    if case .success(.stream) = result { return stage.open(stage.takeOpened(), of: self, to: sink) }
    let (status, reply) = stage.settle(result, writer, of: self)
    letOut(status, reply, to: sink)
  }

  /// One synchronous turn: what the method answered or threw, and what it emitted. A turn that emitted where it may not fails.
  private func run(
    _ phase: Turn<E.Event>.Phase, _ method: UInt64, _ arguments: RawSpan, _ writer: inout Writer, _ events: inout [[UInt8]]
  ) -> Result<Outcome, any Error> {
    var reader = Reader(arguments)
    turn.begin(phase)
    let result: Result<Outcome, any Error>
    do { result = .success(try dispatch(method, &reader, &writer, entity)) } catch { result = .failure(error) }
    do { events = try turn.end() } catch { return .failure(error) }
    return result
  }

  /// The kind's: one for all its entities.
  private var dispatch: Dispatch<E> { unsafeDowncast(kind, to: DurableKind<E>.self).dispatch }  // only `DurableKind` makes one of these

  /// Whether the command is new; answers it otherwise.
  private func admit(_ method: UInt64, _ argumentsHash: UInt64, _ facts: CallFacts, to sink: ReplySink) -> Bool {
    let now = stage.loop.wallClock()
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
      stage.reply(to: sink, .overloaded, text: "\(kind.name)/\(id) took \(DedupeWindow.limit) commands that nobody has acknowledged")
      return false
    }
  }

  private func record(
    _ method: UInt64, _ argumentsHash: UInt64, _ facts: CallFacts, _ status: ReplyStatus, _ reply: [UInt8],
    _ events: [[UInt8]], isDelete: Bool
  ) {
    let now = stage.loop.wallClock()
    let turn = TurnRecord(
      call: facts.call, method: method, argumentsHash: argumentsHash, status: status.rawValue, reply: reply, events: events,
      wallTime: now.milliseconds, isDelete: isDelete)
    window.remember(
      DedupeEntry(call: facts.call, method: method, argumentsHash: argumentsHash, status: status.rawValue, reply: reply, wallTime: now))
    lastOffset = shard.record(kind: kindID, entity: id, turn)
    if !isDirty {
      isDirty = true
      shard.markDirty(self)
    }
    isDeleted = isDelete
    stage.counters.durable += 1
  }

  override func letOut(_ status: ReplyStatus, _ reply: [UInt8], to sink: ReplySink) {
    shard.letOut(after: lastOffset, status, reply, to: sink)
  }

  override func letOut(_ status: ReplyStatus, _ reply: Writer, to sink: ReplySink) { letOut(status, reply.bytes, to: sink) }

  override var gateOffset: Offset? { shard.isDurable(lastOffset) ? nil : lastOffset }

  override func delete(_ facts: CallFacts, to sink: ReplySink) {
    guard admit(SystemMethod.delete, 0, facts, to: sink) else { return }
    entity.assumeOnLoop { E.restore(E.initialState(), on: $0) }
    record(SystemMethod.delete, 0, facts, .value, [], [], isDelete: true)
    letOut(.value, [], to: sink)
  }

  // MARK: Recovery

  /// Folds a snapshot and the records behind it. Throws when they cannot be read: then nothing is served.
  override func restore(_ snapshot: Snapshot?, _ tail: [StoredRecord]) throws(WireError) {
    var state = E.initialState()
    if let snapshot {
      var reader = Reader(snapshot.state.span.bytes)
      state = try reader.read(E.State.self)
      window.restore(try reader.read([DedupeEntry].self))
      isDeleted = reader.isAtEnd ? false : try reader.read(Bool.self)
      lastOffset = snapshot.offset
    }
    for stored in tail where stored.offset >= lastOffset {
      let turn = stored.turn
      if turn.isDelete { state = E.initialState() }
      for bytes in turn.events {
        var reader = Reader(bytes.span.bytes)
        E.apply(try reader.read(E.Event.self), to: &state)
      }
      window.remember(
        DedupeEntry(
          call: turn.call, method: turn.method, argumentsHash: turn.argumentsHash, status: turn.status, reply: turn.reply,
          wallTime: WallTime(milliseconds: turn.wallTime)))
      isDeleted = turn.isDelete
      lastOffset = stored.offset.advanced(by: 1)
      if !isDirty {
        isDirty = true
        shard.markDirty(self)
      }
    }
    let folded = state
    entity.assumeOnLoop { E.restore(folded, on: $0) }
  }

  /// The state as it is now, to be stored once the log is durable up to `lastOffset`.
  override func capture() -> SnapshotWrite? {
    isDirty = false
    window.prune(now: stage.loop.wallClock())
    var writer = Writer()
    entity.assumeOnLoop { writer.write($0.state) }
    writer.write(window.entries)
    writer.write(isDeleted)
    let isGone = isDeleted && window.entries.isEmpty
    return SnapshotWrite(kind: kindID, entity: id, offset: lastOffset, state: isGone ? nil : writer.bytes, isTombstone: isDeleted)
  }
}
