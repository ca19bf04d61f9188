// One logical call through all its tries: to whoever owns the shard, again where that is safe, until its deadline.

extension Cluster {
  /// Pauses between tries, drawn at random up to a bound that doubles.
  static let firstPause: Duration = .milliseconds(4)
  static let longestPause: Duration = .milliseconds(250)

  /// Answers with the entity's value or its own failure; throws a `CallError` for everything else.
  nonisolated(nonsending) func perform(_ request: CallRequest, _ write: (inout Writer) -> Void) async throws -> Reply {
    if let stage = currentStage { return try await stage.perform(request, write) }
    // From a thread that is none of ours: encode here, then do the rest on the loop that owns the shard's calls.
    var writer = Writer()
    write(&writer)
    let home = stages[Int(truncatingIfNeeded: request.hash % UInt64(stages.count))]
    let arguments = writer.bytes
    return try await Task(executorPreference: home.loop) {
      try await home.stage.value.perform(request) { $0.append(arguments.span.bytes) }
    }.value
  }
}

extension CallRequest {
  func check() throws {
    guard !id.isEmpty else { throw CallError(.idInvalid, "an entity's id cannot be empty") }
    guard id.utf8.count <= CallLimits.idBytes else {
      throw CallError(.idInvalid, "an entity's id has at most \(CallLimits.idBytes) bytes, this one has \(id.utf8.count)")
    }
    if let key = options.idempotencyKey, key.isEmpty || key.utf8.count > CallLimits.keyBytes {
      throw CallError(.badArguments, "an idempotency key has 1 to \(CallLimits.keyBytes) bytes, this one has \(key.utf8.count)")
    }
    if let identity = options.identity, identity.utf8.count > CallLimits.identityBytes {
      throw CallError(.badArguments, "a caller's identity has at most \(CallLimits.identityBytes) bytes")
    }
    guard options.deadlineNanoseconds > 0, options.deadlineNanoseconds <= CallLimits.longestDeadlineSeconds * 1_000_000_000 else {
      throw CallError(.badArguments, "a deadline is more than nothing and at most \(CallLimits.longestDeadlineSeconds) seconds")
    }
  }
}

extension Stage {
  nonisolated(nonsending) func perform(_ request: CallRequest, _ write: (inout Writer) -> Void) async throws -> Reply {
    var call = try open(request, parent: TurnInfo.current)
    defer { close(call) }
    var pause = Cluster.firstPause
    while true {
      let reply = await withUnsafeContinuation { send(call, write, $0) }
      counters.sent += 1
      switch verdict(on: reply, of: call) {
      case .final: return reply
      case .failed(let error): throw error
      case .again(let behindEpoch):
        if let behindEpoch { onNewerEpoch?(behindEpoch) }
        guard loop.freshNow() + pause < call.deadline else { throw lastWord(on: reply, of: call) }
        await rest(pause / 2 + pause * Double(loop.random() % 1_024) / 2_048)
        pause = min(pause * 2, Cluster.longestPause)
        call.isRetry = true
      }
    }
  }

  private func open(_ request: CallRequest, parent: TurnInfo?) throws -> OutgoingCall {
    try request.check()
    let deadline = deadline(request.options, parent: parent)
    guard loop.now < deadline else { throw CallError(.deadlineExceeded, "the time of the calling turn is up") }
    if let chain = parent?.chain, chain.length >= CallChain.limit {
      throw CallError(.callCycle, "a chain of \(CallChain.limit) calls wait for each other: that is more than anyone means to write")
    }
    let id: CallID
    var lowest: UInt64 = 0
    if let key = request.options.idempotencyKey {
      id = CallID(key: key)
    } else {
      id = CallID(caller: callerID, sequence: openCalls.open())
      lowest = openCalls.lowest
    }
    return OutgoingCall(
      request: request, call: id, lowestOpen: lowest, deadline: deadline,
      identity: request.options.identity ?? parent?.identity, chain: parent?.chain)
  }

  private func close(_ call: OutgoingCall) {
    if call.call.caller == callerID { openCalls.close(call.call.sequence) }
  }

  nonisolated(nonsending) func rest(_ pause: Duration) async {
    await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
      loop.schedule(after: pause) { waiter.resume() }
    }
  }
}
