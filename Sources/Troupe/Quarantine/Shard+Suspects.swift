// Calls that may be what ended the last owner of their entity: each is written down before it begins, and struck out when it has been answered.
// Whoever finds one that was never struck out leaves its entity alone for a while. See ADR 0025.

extension Shard {
  /// Some entity of the shard is suspect, or this call is.
  @inline(never)
  func deliverWatched(
    _ kind: Kind, _ entity: RawSpan, hash: UInt64, _ method: UInt64, isQuery: Bool, _ arguments: RawSpan,
    _ facts: CallFacts, to sink: ReplySink
  ) {
    guard let id = String(validating: entity) else {
      return stage.reply(to: sink, .badArguments, text: "the entity's id is not UTF-8")
    }
    let key = TailKey(kind: kind.id, entity: id)
    let now = stage.loop.wallClock()
    let verdict = (suspects ?? Suspects(stage.quarantine)).verdict(on: key, method, isOrphan: facts.isOrphan, now: now)
    if case .free = verdict {
      return deliverToEntity(kind, entity, hash: hash, method, isQuery: isQuery, arguments, facts, to: sink, on: stage)
    }
    obey(
      verdict,
      ParkedCall(
        kind: kind.id, entity: id, hash: hash, method: method, isQuery: isQuery, arguments: arguments.withUnsafeBytes { [UInt8]($0) },
        facts: facts, sink: sink), kind, now)
  }

  private func obey(_ verdict: Suspects.Verdict, _ call: ParkedCall, _ kind: Kind, _ now: WallTime) {
    let stage = stage
    switch verdict {
    case .free: run(call, kind)
    case .waits:
      stage.holders.insert(self.id.index)
      if suspects?.wait(call, for: call.key) != true {
        stage.reply(to: call.sink, .overloaded, text: "\(Activation.mailboxLimit) calls wait for \(kind.name)/\(call.entity)")
      }
    case .attempt: write(call, now)
    case .quarantined(let attempt, let deaths, let until):
      stage.reply(to: call.sink, .quarantined, text: stage.sentence(on: kind, call.entity, attempt, deaths, for: until, now))
    case .full:
      stage.reply(to: call.sink, .overloaded, text: "too many calls to \(kind.name) were under way when an owner of shard \(id) ended")
    }
  }

  private func write(_ call: ParkedCall, _ now: WallTime) {
    guard canRecord else { return stage.reply(to: call.sink, .overloaded, text: "\(ShardJournal.backlogLimit) turns wait for the disk") }
    let attempt = Beginning(call: call.facts.call, method: call.method, writer: stage.writer, wallTime: now.milliseconds)
    if suspects == nil { suspects = Suspects(stage.quarantine) }
    record(suspects!.begin(attempt, of: call.key), of: call.key)
    let reply = AttemptedReply(call.sink, attempt, call.key, of: self)
    journal.hold(until: journal.end, .attempt(call.answering(to: .attempted(reply))))
  }

  private func record(_ attempts: [Beginning], of key: TailKey, isCarried: Bool = false) {
    _ = record(
      kind: key.kind, entity: key.entity, TurnRecord(attempts: attempts, wallTime: stage.loop.wallClock().milliseconds),
      countsForSnapshots: !isCarried)
  }

  /// The log has it: now it may end this process, and others will know. Where the shard is being sealed it begins all the same, as it was there
  /// before; the shard is quiet when it has ended.
  func beginAttempt(_ call: ParkedCall) {
    suspects?.written(call.key)
    if let kind = stage.registry.kinds[call.kind] { run(call, kind) }
    releaseWaiting(for: call.key)
  }

  private func run(_ call: ParkedCall, _ kind: Kind) {
    guard stage.loop.now < call.facts.deadline else {
      return stage.reply(to: call.sink, .deadlineExceeded, text: "it waited for \(kind.name)/\(call.entity) until its time was up")
    }
    let (entity, arguments) = (call.entity, call.arguments)
    deliverToEntity(
      kind, entity.utf8Span.span.bytes, hash: call.hash, call.method, isQuery: call.isQuery, arguments.span.bytes, call.facts,
      to: call.sink, on: stage)
  }

  private func releaseWaiting(for key: TailKey) {
    guard state == .serving else { return }
    let now = stage.loop.wallClock()
    while let (call, verdict) = suspects?.nextWaiting(of: key, now: now), let kind = stage.registry.kinds[call.kind] {
      obey(verdict, call, kind, now)
    }
    forgetSuspectsIfNone()
  }

  fileprivate func ended(_ attempt: Beginning, _ key: TailKey, hasRun: Bool) {
    guard let left = suspects?.ended(attempt, of: key, hasRun: hasRun) else { return }
    record(left, of: key)
    releaseWaiting(for: key)
    forgetSuspectsIfNone()
  }

  private func forgetSuspectsIfNone() {
    if suspects?.entries.isEmpty == true { suspects = nil }
  }

  /// With each checkpoint, behind it: what is before it will not be read again.
  func carrySuspects() {
    for (key, entry) in suspects?.inOrder ?? [] { record(entry.all, of: key, isCarried: true) }
  }

  /// About once a second.
  func keepSuspects() {
    guard suspects != nil else { return }
    for call in suspects!.takeExpired(at: stage.loop.now) {
      stage.reply(to: call.sink, .deadlineExceeded, text: "it waited for \(call.entity) until its time was up")
    }
    guard suspects != nil else { return }
    suspects!.forget(stage.loop.wallClock())
    forgetSuspectsIfNone()
  }

  /// The shard has been taken over: says who is left alone, and what the log need not say any more.
  func beginSuspects() {
    guard let found = suspects else { return }
    let now = stage.loop.wallClock()
    for key in found.overstated { record(found.entries[key]?.all ?? [], of: key) }
    for (key, _) in found.inOrder {
      guard let kind = stage.registry.kinds[key.kind],
        case .quarantined(let attempt, let deaths, let until)? = found.quarantine(of: key, at: now)
      else { continue }
      stage.log(.error, stage.sentence(on: kind, key.entity, attempt, deaths, for: until, now))
    }
    forgetSuspectsIfNone()
  }

  /// Why calls to an entity are refused for a while; nil when they are not.
  func quarantine(of kind: UInt32, _ id: String) -> String? {
    let now = stage.loop.wallClock()
    guard let kind = stage.registry.kinds[kind],
      case .quarantined(let attempt, let deaths, let until)? = suspects?.quarantine(
        of: TailKey(kind: kind.id, entity: id), at: now)
    else { return nil }
    return stage.sentence(on: kind, id, attempt, deaths, for: until, now)
  }
}

extension Stage {
  fileprivate func sentence(on kind: Kind, _ id: String, _ attempt: Beginning, _ deaths: Int, for until: WallTime, _ now: WallTime)
    -> String
  {
    let left = max(1, (until.milliseconds - now.milliseconds + 999) / 1_000)
    let nodes = deaths == 1 ? "an owner when that ended" : "\(deaths) owners when they ended"
    return "\(kind.name)/\(id) is in quarantine for \(left) s: its \(methodName(attempt.method, of: kind)) was under way on \(nodes)"
  }

  fileprivate func methodName(_ method: UInt64, of kind: Kind) -> String {
    SystemMethod.name(method) ?? kind.contract.methods.first { $0.id == method }?.name ?? String(method, radix: 16)
  }
}

/// The reply to a call that was written down: it strikes the call out on its way to whoever waits.
final class AttemptedReply {
  let inner: ReplySink
  private let attempt: Beginning
  private let key: Shard.TailKey
  private let shard: Shard
  private let generation: UInt64

  init(_ inner: ReplySink, _ attempt: Beginning, _ key: Shard.TailKey, of shard: Shard) {
    self.inner = inner
    self.attempt = attempt
    self.key = key
    self.shard = shard
    generation = shard.generation
  }

  func ends(_ status: ReplyStatus) {
    guard shard.generation == generation else { return }
    let hasRun = status == .value || status == .failure || status == .fault || status == .replyTooLarge
    shard.ended(attempt, key, hasRun: hasRun)
  }
}

extension ParkedCall {
  var key: Shard.TailKey { Shard.TailKey(kind: kind, entity: entity) }

  func answering(to sink: ReplySink) -> ParkedCall {
    ParkedCall(
      kind: kind, entity: entity, hash: hash, method: method, isQuery: isQuery, arguments: arguments, facts: facts, sink: sink)
  }

  /// As it was before it was written down.
  func unattempted() -> ParkedCall {
    guard case .attempted(let reply) = sink else { return self }
    return answering(to: reply.inner)
  }
}
