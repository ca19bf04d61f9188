// An entity in memory, seen without its type: who it is, whether a turn is running, who waits. The subclasses know the type
// and run turns. Confined to its stage's loop.

@usableFromInline class Activation {
  /// Calls that wait for one entity. Past it the caller is refused: a longer queue only turns load into deadlines.
  static let mailboxLimit = 4_096

  enum Phase {
    /// The next call runs at once.
    case idle
    /// State is being read; everybody waits.
    case loading
    /// An async command is suspended; queries may interleave.
    case busy
  }

  let kind: Kind
  let id: String
  let hash: UInt64
  /// Strong for the same reason as `Shard.stage`; cut when it leaves the shard's table.
  let shard: Shard
  var phase = Phase.idle
  /// Async queries under way: an entity that answers one is not idle.
  var suspendedQueries: Int32 = 0
  var openStreams: Int32 = 0
  /// The shard gave up on this activation: nothing that it still does may leave.
  var isDiscarded = false
  var lastUsed: Instant
  private var waiting: Mailbox?
  var placeAmongWaiting: Int32 = -1

  var kindID: UInt32 { kind.id }
  /// Whether the entity is an actor of this type.
  @usableFromInline func runs(_ type: ObjectIdentifier) -> Bool { kind.entityType == type }
  var stage: Stage { shard.stage }

  init(kind: Kind, id: String, hash: UInt64, shard: Shard) {
    self.kind = kind
    self.id = id
    self.hash = hash
    self.shard = shard
    lastUsed = shard.stage.loop.now
  }

  // MARK: For subclasses

  /// Runs one call now.
  func run(_ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage) {
    fatalError("abstract")
  }
  /// Runs one call now whose last argument stands apart; false when it did not, since it takes its arguments as one.
  func run(
    _ method: UInt64, _ arguments: RawSpan, _ large: LargeBytes, _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) -> Bool { false }
  /// Runs an async method, decoding its arguments and encoding its result.
  nonisolated(nonsending) func perform(_ method: UInt64, _ arguments: [UInt8], reply: inout Writer) async throws -> Outcome {
    fatalError("abstract")
  }
  /// Forgets the entity's state by its owner's wish.
  func delete(_ facts: CallFacts, to sink: ReplySink) { fatalError("abstract") }
  /// Runs the command of a reminder that is due; every kind is asked, few have one.
  func remind(to sink: ReplySink, on stage: Stage) { stage.reply(to: sink, .value, []) }
  /// Whether it can leave memory without losing anything.
  var isEvictable: Bool { phase == .idle && suspendedQueries == 0 && openStreams == 0 && waiting == nil }
  var hasWaiting: Bool { waiting != nil }
  var waitingCount: Int { waiting?.count ?? 0 }

  /// Sends a reply as soon as what it tells is safe to tell.
  func letOut(_ status: ReplyStatus, _ reply: [UInt8], to sink: ReplySink) { stage.reply(to: sink, status, reply) }
  /// The same for a reply that still stands in the writer it was written to.
  func letOut(_ status: ReplyStatus, _ reply: Writer, to sink: ReplySink) { stage.reply(to: sink, status, reply.span) }
  /// Up to where the log must be durable before a read of this entity may leave; nil when it is.
  @usableFromInline var gateOffset: Offset? { nil }
  /// Whether nothing but a missing snapshot keeps it in memory.
  var needsSnapshot: Bool { false }
  /// Whether it is one of the kind's entities for whoever lists them.
  var isListed: Bool { true }
  /// Rebuilds the state from the store.
  func restore(_ snapshot: Snapshot?, _ tail: [StoredRecord]) throws(WireError) {}
  /// What a volatile entity takes along to another node; nil when it does not.
  func pack() -> [UInt8]? { nil }
  /// Gives it what it knew there.
  func unpack(_ state: [UInt8]) throws {}
  /// Whether a snapshot now would lose what other versions need.
  var refusesSnapshot: Bool { false }
  /// The state as it is now, for a snapshot.
  func capture() -> SnapshotWrite? { nil }
  /// What was captured last is not stored, and will not be.
  func captureFailed() {}

  // MARK: Turns

  final func deliver(
    _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) {
    lastUsed = stage.loop.now
    if canStart(isQuery: isQuery, caller: facts.call.caller) {
      start(method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
    } else if phase == .busy, !isQuery, let callers = facts.callers, callers.chainContains(kind: kindID, id: id) {
      stage.reply(to: sink, .callCycle, text: stage.describeCycle(callers, closing: self))
    } else {
      let copy = arguments.withUnsafeBytes { [UInt8]($0) }
      park(ParkedCall(kind: kindID, entity: id, hash: hash, method: method, isQuery: isQuery, arguments: copy, facts: facts, sink: sink))
    }
  }

  /// A query may interleave with a suspended command, but never overtakes a waiting call of its own caller.
  final func canStart(isQuery: Bool, caller: UInt64) -> Bool {
    switch phase {
    case .idle: waiting == nil
    case .busy: isQuery && waiting?.contains(caller: caller) != true
    case .loading: false
    }
  }

  private func start(
    _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) {
    sink.turnBegins()
    let mark = stage.turnMark
    let outer = mark?.enter(self, method)
    if shard.load.countsNext() {
      beginSampled(method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
    } else {
      begin(method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
    }
    if let outer { mark?.leave(to: outer) }
  }

  @inline(never)
  private func beginSampled(
    _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) {
    let began = stage.loop.freshNow()
    begin(method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
    stage.noteLoad(of: self, facts, sink, bytes: arguments.byteCount, took: stage.loop.freshNow() - began)
  }

  @inline(__always)
  private func begin(
    _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) {
    switch method {
    case SystemMethod.delete: delete(facts, to: sink)
    case SystemMethod.remind: remind(to: sink, on: stage)
    case SystemMethod.pull: stage.pull(arguments, of: self, facts, to: sink)
    case SystemMethod.close: stage.closeStream(arguments, of: self, to: sink)
    default: run(method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
    }
  }

  private func park(_ call: ParkedCall) {
    if waiting == nil {
      waiting = Mailbox()
      stage.waiting.insert(self)
    }
    guard waiting!.count < Self.mailboxLimit else {
      return stage.reply(to: call.sink, .overloaded, text: "\(Self.mailboxLimit) calls wait for \(kind.name)/\(id)")
    }
    waiting!.append(call)
    if waiting!.expiry.map({ call.facts.deadline < $0.deadline }) ?? true { lookForExpired(at: call.facts.deadline) }
  }

  /// The timer holds the entity until it fires or the last waiting call has gone. Not weakly: an object to which a weak reference was
  /// ever made counts its references in a table beside it.
  private func lookForExpired(at deadline: Instant) {
    waiting?.expiry?.cancel()
    waiting?.expiry = stage.loop.schedule(after: deadline - stage.loop.now) { self.dropExpired() }
  }

  private func endWaiting() {
    guard waiting != nil else { return }
    waiting?.expiry?.cancel()
    waiting = nil
    stage.waiting.remove(self)
  }

  /// Takes one waiting call out that its caller has taken back.
  final func takeWaiting(_ call: CallOrigin) -> ParkedCall? {
    guard let call = waiting?.remove(where: { $0.sink.isFrom(call) }) else { return nil }
    if waiting!.isEmpty { endWaiting() }
    return call
  }

  private func dropExpired() {
    guard let expired = waiting?.takeExpired(at: stage.loop.now) else { return }
    if waiting!.isEmpty { endWaiting() }
    for call in expired {
      stage.reply(to: call.sink, .deadlineExceeded, text: "it waited for \(kind.name)/\(id) until its time was up")
    }
    if let next = waiting?.all.map(\.facts.deadline).min() { lookForExpired(at: next) }
  }

  /// After a turn or a load: starts whoever may start now.
  final func resume() {
    while let next = waiting?.first, phase == .idle || (phase == .busy && next.isQuery) {
      waiting!.removeFirst()
      if waiting!.isEmpty { endWaiting() }
      guard stage.loop.now < next.facts.deadline else {
        stage.reply(to: next.sink, .deadlineExceeded, text: "it waited for \(kind.name)/\(id) until its time was up")
        continue
      }
      let arguments = next.arguments
      start(next.method, isQuery: next.isQuery, arguments.span.bytes, next.facts, to: next.sink, on: stage)
    }
    // A seal waits for more than what may leave memory: also for what has just come there, or has answered a query.
    if isEvictable || shard.state == .sealing { shard.turnEnded() }
  }

  /// Calls wait here, none of which an entity has made.
  final var waitsForOutsiders: Bool { waiting?.all.allSatisfy { $0.facts.callers == nil } ?? false }

  /// Takes the waiting calls out, for a shard that leaves or reloads.
  final func takeWaiting() -> [ParkedCall] {
    defer { endWaiting() }
    return waiting?.all ?? []
  }

  final func discard() {
    isDiscarded = true
  }
}

/// First in, first out, without moving what stays at each removal. An object, since most entities have none: one word each.
final class Mailbox {
  /// Ends those whose time is up.
  var expiry: LoopTimer?
  private var calls: [ParkedCall] = []
  private var head = 0

  var count: Int { calls.count - head }
  var isEmpty: Bool { count == 0 }
  var first: ParkedCall? { head < calls.count ? calls[head] : nil }
  var all: [ParkedCall] { Array(calls[head...]) }

  func contains(caller: UInt64) -> Bool { calls[head...].contains { $0.facts.call.caller == caller } }

  func append(_ call: ParkedCall) { calls.append(call) }

  func takeExpired(at now: Instant) -> [ParkedCall] {
    let all = all
    head = 0
    calls = all.filter { $0.facts.deadline > now }
    return all.filter { $0.facts.deadline <= now }
  }

  func remove(where isMeant: (ParkedCall) -> Bool) -> ParkedCall? {
    calls[head...].firstIndex(where: isMeant).map { calls.remove(at: $0) }
  }

  func removeFirst() {
    head += 1
    if head > 64, head * 2 > calls.count {
      calls.removeFirst(head)
      head = 0
    }
  }
}

/// Methods that every kind has, beside its own. Far below anything that the hash of a name is likely to give; a clash is
/// refused at registration.
enum SystemMethod {
  static let delete: UInt64 = 1
  /// Of a stream: the next items, and the consumer's farewell.
  static let pull: UInt64 = 2
  static let close: UInt64 = 3
  /// The shard's own: a reminder is due. Nobody else can call it.
  static let remind: UInt64 = 4

  static func name(_ method: UInt64) -> String? {
    switch method {
    case delete: "delete"
    case pull: "pull"
    case close: "close"
    case remind: "remind"
    default: nil
    }
  }

  /// Whether it is a query; nil when no kind has it.
  static func isQuery(_ method: UInt64) -> Bool? {
    switch method {
    case delete: false
    case pull, close: true
    default: nil
    }
  }
}
