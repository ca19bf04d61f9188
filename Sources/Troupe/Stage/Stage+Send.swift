// One try of one call: to an entity of this loop, of another loop of this process, or of another node.

extension Stage {
  /// Exactly one reply comes back through `waiter`.
  func send(_ call: OutgoingCall, _ write: (inout Writer) -> Void, _ waiter: UnsafeContinuation<Reply, Never>) {
    guard let shard = shardIndex(call.request.hash) else {
      return reply(to: .waiter(waiter), .neverSent, text: "this process has not seen the cluster yet")
    }
    switch routes[shard] {
    case .here: sendHome(call, shard: shard, write, waiter)
    case .away(let peer): sendAway(call, to: peer, shard: shard, write, waiter)
    case .nobody: reply(to: .waiter(waiter), .notServing, text: "nobody owns shard \(shard) at the moment")
    }
  }

  private func sendHome(_ call: OutgoingCall, shard: Int, _ write: (inout Writer) -> Void, _ waiter: UnsafeContinuation<Reply, Never>) {
    var writer = Writer()
    write(&writer)
    let target = cluster.stages[shard % cluster.stages.count]
    if target.loop.isCurrent {
      deliverOwn(call, shard: shard, writer.bytes, waiter)
    } else {
      let bytes = writer.bytes
      target.loop.execute { target.stage.value.deliverOwn(call, shard: shard, bytes, waiter) }
    }
  }

  /// A call made in this process, on the loop that serves its shard.
  private func deliverOwn(_ call: OutgoingCall, shard: Int, _ arguments: [UInt8], _ waiter: UnsafeContinuation<Reply, Never>) {
    let request = call.request
    let sink = ReplySink.waiter(waiter)
    counters.calls += 1
    guard let kind = registry.kinds[request.kind] else {
      return reply(to: sink, .unknownKind, text: unknownKind(request.kind))
    }
    guard let isQuery = kind.isQuery(request.method) ?? systemMethod(request.method) else {
      return reply(to: sink, .unknownMethod, text: "\(kind.name) has no method with the id \(String(request.method, radix: 16))")
    }
    guard let served = shards[shard] else { return reply(to: sink, .moved, epoch: routing?.epoch ?? Epoch(0)) }
    guard mayAnswer else { return reply(to: sink, .notServing, text: "this node's lease has run out") }
    let facts = CallFacts(
      deadline: call.deadline, identity: call.identity, chain: call.chain, call: call.call, lowestOpen: call.lowestOpen)
    served.deliver(
      kind, request.id.utf8Span.span.bytes, hash: request.hash, request.method, isQuery: isQuery, arguments.span.bytes, facts, to: sink)
  }

  private func sendAway(
    _ call: OutgoingCall, to peer: Peer, shard: Int, _ write: (inout Writer) -> Void, _ waiter: UnsafeContinuation<Reply, Never>
  ) {
    let now = loop.freshNow()
    guard now < call.deadline else { return reply(to: .waiter(waiter), .deadlineExceeded, text: "its time was up before it was sent") }
    // A node whose lease has run out makes no calls: what it believes of the cluster may be old.
    guard now < leaseUntil else { return reply(to: .waiter(waiter), .neverSent, text: "this node's lease has run out") }
    guard peer.loopCount > 0 else { return reply(to: .waiter(waiter), .notServing, text: "\(peer.name) has no address that can be read") }
    let request = call.request
    var head = CallHead(
      kind: request.kind, method: request.method, isQuery: request.isQuery, deadline: call.deadline, caller: call.call.caller,
      sequence: call.call.sequence, lowestOpen: call.lowestOpen, epoch: routing?.epoch.value ?? 0)
    head.isRetry = call.isRetry
    head.identity = call.identity
    if let chain = call.chain { head.chain = chain.links.map { ChainLink(kind: $0.kind, entity: $0.id) } }
    peer.link(toLoop: shard % peer.loopCount).call(head, entity: request.id, write: write, reply: waiter)
  }

  func systemMethod(_ method: UInt64) -> Bool? { method == SystemMethod.delete ? false : nil }

  func unknownKind(_ kind: UInt32) -> String { "no entity of the kind \(String(kind, radix: 16)) is registered on this node" }
}
