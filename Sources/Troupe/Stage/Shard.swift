// One shard on the stage that serves it: its entities in memory, its log, and the calls that wait while it arrives or leaves.
// `Shard+Recovery` takes it over, `Shard+Checkpoint` writes snapshots, `Shard+Handoff` seals it.

final class Shard {
  /// Calls that wait for a shard on its way in or out. Past it callers are told to try elsewhere or later.
  static let parkingLimit = 4_096

  /// What a turn's record has beside its reply and its events, bytes, and a little more.
  private static let usualTurn = 96

  enum State {
    /// The lease of an earlier owner, or the tail's turn, is waited for; or the fence is being raised, or the tail read.
    case taking
    case serving
    /// On its way to another node: no turn begins; answers when the last has ended.
    case sealing
  }

  let id: ShardID
  /// Strong, as in the other direction: every call goes this way, and an unowned reference costs two atomic operations each
  /// time. `Stage.close` and `drop` cut the circle.
  let stage: Stage
  /// The view with which it came here.
  let since: Epoch
  var state = State.taking
  var tailTurn = TailReads.Turn.none
  var table = EntityTable()
  var parked: [ParkedCall] = []
  var journal = ShardJournal(fence: Fence(0), end: Offset(0), nextBatch: 0)
  /// Records behind the floor of entities that nobody has called since the shard came here.
  var tail: [TailKey: [StoredRecord]] = [:]
  /// Entities whose snapshot is being read, and whose records have left `tail` for them.
  var tailsBeingFolded = 0
  /// Snapshots that were read before the shard came here, of entities that nobody has called since; nil for one that has none.
  var known: [TailKey: Snapshot?] = [:]
  /// What volatile entities knew at the last owner, of those that nobody has called since.
  var arrived: [TailKey: [UInt8]] = [:]
  var cameAt = Instant(nanoseconds: .min)
  /// Everything before it stands in snapshots.
  var floor = Offset(0)
  var behindFloor = TailSize()
  var dirty: [Activation] = []
  var checkpoint: Checkpoint?
  var checkpointTurn = CheckpointTurn.none
  var checkpointFailures = 0
  var checkpointPortion = Checkpoint.portion
  /// After records that could not be folded, so that each append does not try again.
  var checkpointNotBefore = Instant(nanoseconds: .min)
  var whenSealed: (() -> Void)?
  /// Records before it may be gone.
  var kept = Offset(0)
  var consumers: [ShardConsumer] = []
  /// How far the store has every group, also those that this node does not know; nil until it was read.
  var storedOffsets: [String: ConsumerOffset]?
  /// From where on the archive has what the log lets go of; nil without one, or when it has missed something.
  var archivedFrom: Offset?
  var recent = RecentRecords(from: Offset(0))
  var noteTimer: LoopTimer?
  var isNoting = false
  /// Entities whose calls may have ended a process; nil nearly always.
  var suspects: Suspects?
  /// Each call counts here, and none comes back to it meanwhile.
  @exclusivity(unchecked) var load = ShardLoad()
  var reminders = ReminderIndex()
  var reminderTimer: LoopTimer?
  var remindersUnderWay = 0
  /// Entities whose reminders were refused that may have ended the last owner.
  var doubtfulReminders: Set<TailKey> = []
  /// Hashes of entities of which one that was due before the take-over has run here.
  var provenReminders: Set<UInt64> = []
  /// What the calendar said when the shard was taken over; milliseconds since 1970.
  var servedSince: Int64 = 0
  /// Another with each take-over and never the same again, also of a shard that went and came back: an answer of the store to an earlier one
  /// is not believed.
  var generation: UInt64 = 0

  struct TailKey: Hashable {
    let kind: UInt32
    let entity: String
  }

  /// Entities in the order of their first records: what is begun in which order must not hang on a dictionary, which every process shuffles.
  func inOrderOfTheLog(_ tail: [TailKey: [StoredRecord]]) -> [(key: TailKey, value: [StoredRecord])] {
    tail.sorted { $0.value[0].offset < $1.value[0].offset }
  }

  init(id: ShardID, stage: Stage) {
    self.id = id
    self.stage = stage
    since = stage.routing?.epoch ?? Epoch(0)
  }

  // MARK: Calls

  /// `stage` is the shard's own, here and all the way down: handed on, it is not counted at each step.
  func deliver(
    _ kind: Kind, _ entity: RawSpan, hash: UInt64, _ method: UInt64, isQuery: Bool, _ arguments: RawSpan,
    _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) {
    guard state == .serving else {
      return park(kind, entity, hash: hash, method, isQuery: isQuery, arguments, facts, to: sink)
    }
    guard suspects == nil, !facts.isOrphan else {
      return deliverWatched(kind, entity, hash: hash, method, isQuery: isQuery, arguments, facts, to: sink)
    }
    deliverToEntity(kind, entity, hash: hash, method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
  }

  @inline(__always)
  func deliverToEntity(
    _ kind: Kind, _ entity: RawSpan, hash: UInt64, _ method: UInt64, isQuery: Bool, _ arguments: RawSpan,
    _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) {
    let activation: Activation
    if let found = table.find(kind: kind.id, hash: hash, id: entity) {
      activation = found
    } else {
      guard let id = String(validating: entity) else {
        return stage.reply(to: sink, .badArguments, text: "the entity's id is not UTF-8")
      }
      activation = activate(kind, id, hash: hash)
      // What it should stand on was there already, and could not be read.
      guard !activation.isDiscarded else {
        return stage.reply(to: sink, .notServing, text: "\(kind.name)/\(id) cannot be read back from the store")
      }
    }
    activation.deliver(method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
  }

  func deliver(_ call: ParkedCall, on stage: Stage) {
    guard let kind = stage.registry.kinds[call.kind] else {
      return stage.reply(to: call.sink, .unknownKind, text: stage.unknownKind(call.kind))
    }
    let (entity, arguments) = (call.entity, call.arguments)
    deliver(
      kind, entity.utf8Span.span.bytes, hash: call.hash, call.method, isQuery: call.isQuery, arguments.span.bytes, call.facts,
      to: call.sink, on: stage)
  }

  private func park(
    _ kind: Kind, _ entity: RawSpan, hash: UInt64, _ method: UInt64, isQuery: Bool, _ arguments: RawSpan,
    _ facts: CallFacts, to sink: ReplySink
  ) {
    guard parked.count < Self.parkingLimit else {
      return stage.reply(to: sink, .overloaded, text: "\(Self.parkingLimit) calls wait for shard \(id), which is moving")
    }
    guard let id = String(validating: entity) else {
      return stage.reply(to: sink, .badArguments, text: "the entity's id is not UTF-8")
    }
    parked.append(
      ParkedCall(
        kind: kind.id, entity: id, hash: hash, method: method, isQuery: isQuery,
        arguments: arguments.withUnsafeBytes { [UInt8]($0) }, facts: facts, sink: sink))
    stage.holders.insert(self.id.index)
    if tailTurn == .waiting { stage.tailReads.hurry(self) }
  }

  /// Whether calls may wait here that no entity's mailbox has.
  var holdsCalls: Bool { !parked.isEmpty || suspects != nil }

  /// One of those, if it is here: its caller takes it back.
  func takeHeld(_ call: CallOrigin) -> ParkedCall? {
    if let index = parked.firstIndex(where: { $0.sink.isFrom(call) }) { return parked.remove(at: index) }
    return suspects?.takeWaiting(call)
  }

  /// Runs what waited, in the order in which it came.
  func resumeParked() {
    let calls = parked
    parked = []
    for call in calls {
      guard stage.loop.now < call.facts.deadline else {
        stage.reply(to: call.sink, .deadlineExceeded, text: "it waited for shard \(id) to arrive until its time was up")
        continue
      }
      deliver(call, on: stage)
    }
  }

  func dropExpired(_ now: Instant) {
    guard parked.contains(where: { $0.facts.deadline <= now }) else { return }
    let expired = parked.filter { $0.facts.deadline <= now }
    parked.removeAll { $0.facts.deadline <= now }
    for call in expired {
      stage.reply(to: call.sink, .deadlineExceeded, text: "it waited for shard \(id) to arrive until its time was up")
    }
  }

  // MARK: Entities

  func activate(_ kind: Kind, _ entity: String, hash: UInt64) -> Activation {
    let activation = kind.activate(id: entity, hash: hash, in: self)
    table.insert(activation)
    stage.counters.activations += 1
    load.total.activations += 1
    if kind.isDurable { load(activation) } else { unpack(into: activation) }
    return activation
  }

  func evict(_ activation: Activation) {
    table.remove(activation)
  }

  /// Lets idle entities go; the durable ones come back from the store.
  func evictIdle(since: Instant) {
    checkpointIfDue()
    keepSuspects()
    forgetArrived(since: since)
    // While a checkpoint is being written, what it captured stands nowhere else than in memory and in records that nobody reads.
    guard state == .serving, checkpoint == nil else { return }
    var isHeldByTheLog = false
    for activation in table.all where activation.lastUsed < since {
      if activation.isEvictable { evict(activation) } else if activation.needsSnapshot { isHeldByTheLog = true }
    }
    // What only the tail holds must stand in snapshots first; the next round lets it go.
    if isHeldByTheLog {
      wantCheckpoint()
    }
  }

  /// Calls back after a while, with the shard of this number if it is still here: a weak reference to it would make every later count of
  /// its references a slow one.
  @discardableResult
  func schedule(after delay: Duration, _ body: @escaping (Shard) -> Void) -> LoopTimer {
    stage.loop.schedule(after: delay) { [home = stage.home!, id] in
      if let shard = home.stage.value.shards[id.index] { body(shard) }
    }
  }

  // MARK: The log

  var canRecord: Bool { !journal.isFull }
  func isDurable(_ offset: Offset) -> Bool { journal.isDurable(offset) }

  /// - Parameter countsForSnapshots: false for what a snapshot would not make superfluous.
  func record(kind: UInt32, entity: String, _ turn: TurnRecord, countsForSnapshots: Bool = true) -> Offset {
    var writer = Writer(capacity: turn.events.reduce(turn.reply.count + Self.usualTurn) { $0 + $1.count })
    writer.write(turn)
    stage.journalHasWork(self)
    let record = Record(kind: kind, entity: entity, payload: writer.bytes)
    let end = journal.record(record)
    if countsForSnapshots {
      behindFloor.add(bytes: record.payload.count, at: stage.loop.now)
      stage.tails.addRecord()
    }
    if consumers.contains(where: { !$0.subscription.isArchive && $0.subscription.concerns(kind: kind, entity: entity) }) {
      recent.append(StoredRecord(offset: Offset(end.value - 1), kind: kind, entity: entity, turn: turn))
    }
    return end
  }

  func letOut(after offset: Offset, _ status: ReplyStatus, _ reply: [UInt8], to sink: ReplySink) {
    if journal.isDurable(offset) || Sabotage.gate.isOn {
      stage.reply(to: sink, status, reply)
    } else {
      journal.hold(until: journal.end, .reply(sink, status, reply))
    }
  }

  func appended(to end: Offset) {
    for held in journal.appended(to: end) {
      switch held.release {
      case .reply(let sink, let status, let bytes): stage.reply(to: sink, status, bytes)
      case .signal(let waiter): waiter.resume(returning: true)
      case .told(let calls): for call in calls { call.send() }
      case .attempt(let call): beginAttempt(call)
      }
    }
    if journal.wantsAppend { stage.journalHasWork(self) }
    consumersGrew()
    checkpointIfDue()
    turnEnded()
  }
}

extension String {
  /// Nil when the bytes are not UTF-8.
  init?(validating bytes: RawSpan) {
    guard let text = bytes.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else { return nil }
    self = text
  }
}
