// Calls that arrive from other processes. This runs inside the read callback: a synchronous method has answered when it
// returns.

extension Stage: LinkDelegate {
  @usableFromInline func link(_ link: Link, received call: borrowing IncomingCall) {
    var sink = ReplySink.link(link, call.request)
    counters.calls += 1
    guard loop.now < link.believedUntil else { return reply(to: sink, .notServing, text: "its beats have not been seen for a lease") }
    guard let kind = registry.kinds[call.kind] else {
      return reply(to: sink, .unknownKind, text: unknownKind(call.kind))
    }
    guard let isQuery = kind.isQuery(call.method) ?? systemMethod(call.method) else {
      return reply(to: sink, .unknownMethod, text: unknownMethod(call.method, of: kind))
    }
    let verdict = access?.verdict(link, call.kind, call.method) ?? .allowed
    if let access, verdict == .refused { return refuse(call.request, on: link, kind, call.method, access) }
    var identity: CallerIdentity?
    if call.hasIdentity {
      switch link.identity(of: call) {
      case .success(let caller): identity = caller
      case .failure(let why): return refuse(call.request, on: link, why)
      }
    }
    if let access, verdict == .dependsOnUser, !access.allows(link, call.kind, call.method, identity) {
      return refuse(call.request, on: link, kind, call.method, access)
    }
    let id = call.entity
    guard id.byteCount > 0, id.byteCount <= CallLimits.idBytes else {
      return reply(to: sink, .badArguments, text: "an entity's id has 1 to \(CallLimits.idBytes) bytes, this one has \(id.byteCount)")
    }
    let hash = entityHash(kindID: call.kind, id: id)
    // Sent here when the shard was here once before: its caller may have had his answer elsewhere since, and who answered him may have
    // forgotten the call by now.
    guard let index = shardIndex(hash), let shard = shards[index], shard.since.value <= call.epoch else {
      return bounce(call.epoch, to: sink)
    }
    if call.isBulk { bulk?.arrived += 1 }
    guard let waited = admit(call.request, on: link, isBulk: call.isBulk) else { return }
    let deadline = Instant(nanoseconds: call.deadline(now: loop.now).nanoseconds &- waited)
    guard deadline > loop.now else { return reply(to: sink, .deadlineExceeded, text: "its time was up when it arrived") }
    var facts = CallFacts(
      deadline: deadline, identity: identity, callers: call.hasChain ? .chain(call.chain) : nil,
      call: CallID(caller: call.caller, sequence: call.sequence), lowestOpen: call.lowestOpen, trace: call.trace?.wellFormed,
      isBulk: call.isBulk, isOrphan: call.isOrphan)
    if let tracer { tracer.begin(&facts, &sink, kind, call.method, hash: hash, from: link.peer?.name) }
    if facts.isBulk, givesWay {
      return wait(kind, id, hash: hash, call.method, isQuery: isQuery, call.arguments, facts, to: sink)
    }
    if let large {
      return shard.deliver(kind, id, hash: hash, call.method, isQuery: isQuery, call.arguments, large, facts, to: sink, on: self)
    }
    shard.deliver(kind, id, hash: hash, call.method, isQuery: isQuery, call.arguments, facts, to: sink, on: self)
  }

  /// How much of its time a call has spent on its way, when that is known; nil when it was refused for it.
  @inline(__always)
  private func admit(_ request: UInt32, on link: Link, isBulk: Bool) -> Int64? {
    if counters.calls & 15 == 0 { passLag = loop.freshNow().nanoseconds &- loop.now.nanoseconds }
    switch shedder.verdict(waited: link.waitedNanoseconds &+ passLag, now: loop.now, lastIdle: lastSlack) {
    case .run: return 0
    case .runLate(let waited): return waited
    case .refuse(let retryAfter):
      shed(request, on: link, retryAfter, isBulk: isBulk)
      return nil
    }
  }

  @inline(never)
  private func shed(_ request: UInt32, on link: Link, _ retryAfter: UInt32, isBulk: Bool) {
    counters.shed += 1
    if !isBulk { bulk?.shed(at: loop.now) }
    counters.refused += 1
    link.refuse(request: request, overloaded: "this node cannot keep up", retryAfterMilliseconds: retryAfter)
  }

  @inline(never)
  private func refuse(_ request: UInt32, on link: Link, _ kind: Kind, _ method: UInt64, _ access: AccessTable) {
    let (sentence, isNew) = access.refusal(link, kind, method)
    if isNew { log(.warning, sentence) }
    reply(to: .link(link, request), .refused, text: sentence)
  }

  /// Not the owner. Whoever is behind reads the register: the caller when our view is newer, we when its is.
  private func bounce(_ callersEpoch: UInt64, to sink: ReplySink) {
    let ours = routing?.epoch ?? Epoch(0)
    if Epoch(callersEpoch) > ours { onNewerEpoch?(Epoch(callersEpoch)) }
    reply(to: sink, .moved, epoch: max(ours, Epoch(callersEpoch)))
  }

  @usableFromInline func link(_ link: Link, epoch: UInt64) {
    if Epoch(epoch) > routing?.epoch ?? Epoch(0) { onNewerEpoch?(Epoch(epoch)) }
  }

  @usableFromInline func linkMayFlush(_ link: Link) -> Bool { mayAnswer }
}
