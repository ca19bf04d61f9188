// One try of one call: to an entity of this loop, of another loop of this process, or of another node.

extension Stage {
  /// Exactly one reply comes back through `waiter`. `pass` says how it left, for whoever looks at the reply.
  @usableFromInline func send(
    _ call: OpenCall, to target: borrowing RefTarget, _ method: CalledMethod, as attempt: Attempt = .first,
    _ write: (inout Writer) -> Void, _ continuation: UnsafeContinuation<Reply, Never>, _ pass: inout CallPass
  ) {
    send(call, to: target, method, as: attempt, write, ReplyWaiter(continuation, caller: call.caller, isTurn: call.turn != nil), &pass)
  }

  @inline(__always)
  func send(
    _ call: OpenCall, to target: borrowing RefTarget, _ method: CalledMethod, as attempt: Attempt,
    _ write: (inout Writer) -> Void, _ waiter: ReplyWaiter, _ pass: inout CallPass
  ) {
    counters.sent += 1
    guard let shard = shardIndex(target.hash) else {
      return reply(to: .waiter(waiter), .neverSent, text: "this process has not seen the cluster yet")
    }
    var identity = target.options.rare?.values.identity ?? call.turn?.identity
    if let named = identity {
      switch checked(named) {
      case .success(let caller): identity = caller
      case .failure(let why): return reply(to: .waiter(waiter), why.status, text: why.description)
      }
    }
    switch routes[shard] {
    case .here: sendHome(call, identity, target, method, as: attempt, shard: shard, write, waiter)
    case .away(let peer): sendAway(call, identity, target, method, as: attempt, over: peer, shard: shard, write, waiter, &pass)
    case .nobody: reply(to: .waiter(waiter), .notServing, text: "nobody owns shard \(shard) at the moment")
    }
  }

  /// The name of a call through all its tries.
  private func id(of call: OpenCall, _ target: RefTarget) -> CallID {
    if let key = target.options.idempotencyKey { return CallID(key: key) }
    return CallID(caller: callerID, sequence: call.sequence)
  }

  /// What the entity may forget: the calls of this caller that have ended. Nothing for a call that the caller does not count.
  private func lowestOpen(for call: OpenCall) -> UInt64 { call.sequence == 0 ? 0 : openCalls.lowest }

  /// What each try carries: the call's own span, or what it is a part of.
  @inline(__always)
  private func trace(of call: OpenCall, _ target: borrowing RefTarget) -> TraceContext? {
    if let trace = call.trace { return trace.context }
    return target.options.trace ?? call.turn?.trace
  }

  /// To an entity of this process. Everything that can be known here is, so that what travels to another loop is one object.
  private func sendHome(
    _ call: OpenCall, _ identity: CallerIdentity?, _ target: borrowing RefTarget, _ method: CalledMethod, as attempt: Attempt, shard: Int,
    _ write: (inout Writer) -> Void, _ waiter: ReplyWaiter
  ) {
    guard let kind = registry.kinds[target.kind] else {
      return reply(to: .waiter(waiter), .unknownKind, text: unknownKind(target.kind))
    }
    guard let isQuery = kind.isQuery(method.id) ?? systemMethod(method.id) else {
      return reply(to: .waiter(waiter), .unknownMethod, text: unknownMethod(method.id, of: kind))
    }
    kind.callsHere &+= 1
    let facts = CallFacts(
      deadline: call.deadline, identity: identity, callers: call.turn,
      call: id(of: call, target), lowestOpen: lowestOpen(for: call), trace: trace(of: call, target), isBulk: call.isBulk,
      isOrphan: attempt == .orphan)
    call.trace?.sent(attempt, to: node?.value ?? "")
    let own = spareCalls.popLast() ?? makeHomeCall()
    own.take(facts, to: target, method, isQuery: isQuery, shard: shard, write, waiter)
    // Inside a turn nothing else runs: what a turn tells an entity of its own loop comes after it.
    own.go(to: cluster.stages[shard % cluster.stages.count], atOnce: !isInSynchronousTurn)
  }

  /// A call made in this process, on the loop that serves its shard.
  func deliver(_ call: borrowing HomeCall.Load, to sink: ReplySink) {
    counters.calls += 1
    guard let served = shards[call.shard] else { return reply(to: sink, .moved, epoch: routing?.epoch ?? Epoch(0)) }
    guard mayAnswer else { return reply(to: sink, .notServing, text: "this node's lease has run out") }
    guard loop.now < call.facts.deadline else { return reply(to: sink, .deadlineExceeded, text: "its time was up when it arrived") }
    guard let kind = registry.kinds[call.kind] else { return reply(to: sink, .unknownKind, text: unknownKind(call.kind)) }
    let isPlain = tracer == nil || call.facts.trace == nil
    guard !isPlain || call.facts.isBulk else {
      return served.deliver(
        kind, call.entity.utf8Span.span.bytes, hash: call.hash, call.method, isQuery: call.isQuery, call.arguments.span, call.facts,
        to: sink, on: self)
    }
    var (facts, sink) = (call.facts, sink)
    tracer?.begin(&facts, &sink, kind, call.method, hash: call.hash, from: nil)
    if facts.isBulk, givesWay {
      bulk?.arrived += 1
      return wait(
        kind, call.entity.utf8Span.span.bytes, hash: call.hash, call.method, isQuery: call.isQuery, call.arguments.span, facts, to: sink)
    }
    served.deliver(
      kind, call.entity.utf8Span.span.bytes, hash: call.hash, call.method, isQuery: call.isQuery, call.arguments.span, facts,
      to: sink, on: self)
  }

  private func sendAway(
    _ call: OpenCall, _ identity: CallerIdentity?, _ target: borrowing RefTarget, _ method: CalledMethod, as attempt: Attempt,
    over peer: Peer, shard: Int, _ write: (inout Writer) -> Void, _ waiter: ReplyWaiter, _ pass: inout CallPass
  ) {
    // The lease is read once more, on a fresh clock, before anything leaves: see `linkMayFlush`.
    let now = loop.now
    guard now < call.deadline else { return reply(to: .waiter(waiter), .deadlineExceeded, text: "its time was up before it was sent") }
    // A node whose lease has run out makes no calls: what it believes of the cluster may be old.
    guard now < leaseUntil else { return reply(to: .waiter(waiter), .neverSent, text: "this node's lease has run out") }
    guard peer.loopCount > 0 else { return reply(to: .waiter(waiter), .notServing, text: "\(peer.name) has no address that can be read") }
    let known = peer.lane(of: target.kind)
    let lane = known >= 0 ? Int(known) : lane(to: peer, target.kind)
    if defences.lanes.isGuarded(lane) {
      guard admit(lane, peer, target.kind, &pass, waiter) else { return }
    } else {
      pass = defences.lanes.pass(lane, at: now)
    }
    let id = id(of: call, target)
    var head = CallHead(
      kind: target.kind, method: method.id, isQuery: method.isQuery, deadline: call.deadline, caller: id.caller,
      sequence: id.sequence, lowestOpen: lowestOpen(for: call), epoch: epochOfRoutes)
    head.isRetry = attempt != .first
    head.isBulk = call.isBulk
    head.identity = identity
    head.trace = trace(of: call, target)
    call.trace?.sent(attempt, to: peer.name)
    if let turn = call.turn { head.chain = turn.chain }
    let index = shard % peer.loopCount
    let link = attempt == .hedge ? peer.spareLink(toLoop: index) : peer.link(toLoop: index)
    head.isOrphan = attempt == .orphan && link.takesOrphans
    link.call(head, entity: target.id, write: write, reply: waiter)
  }

  func systemMethod(_ method: UInt64) -> Bool? { SystemMethod.isQuery(method) }

  func unknownMethod(_ method: UInt64, of kind: Kind) -> String {
    "\(kind.name) has no method with the id \(String(method, radix: 16))"
  }

  func unknownKind(_ kind: UInt32) -> String { "no entity of the kind \(String(kind, radix: 16)) is registered on this node" }
}
