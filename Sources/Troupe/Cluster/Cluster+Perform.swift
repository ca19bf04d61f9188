// One logical call through all its tries: to whoever owns the shard, again where that is safe, until its deadline.
//
// `open`, one `send` whose reply ends nearly every call, `close`: generated code does these in its own frame (see
// `EntityRef.remote`). Only what did not end with the first try comes to `again`.

extension Cluster {
  /// Pauses between tries, drawn at random up to a bound that doubles.
  static let firstPause: Duration = .milliseconds(4)
  static let longestPause: Duration = .milliseconds(250)

  /// Answers with the entity's value or its own failure; throws a `CallError` for everything else.
  @usableFromInline nonisolated(nonsending) func perform(
    _ target: RefTarget, _ method: CalledMethod, _ write: (inout Writer) -> Void
  ) async throws -> Reply {
    if let stage = currentStage { return try await stage.perform(target, method, write) }
    // From a thread that is none of ours: encode here, then do the rest on the loop that owns the shard's calls.
    var writer = Writer()
    write(&writer)
    let home = stages[Int(truncatingIfNeeded: target.hash % UInt64(stages.count))]
    let arguments = writer.bytes
    let call = Task(executorPreference: home.loop) {
      try await home.stage.value.perform(target, method) { $0.append(arguments.span.bytes) }
    }
    return try await withTaskCancellationHandler {
      try await call.value
    } onCancel: {
      call.cancel()
    }
  }
}

extension Stage {
  fileprivate nonisolated(nonsending) func perform(
    _ target: RefTarget, _ method: CalledMethod, _ write: (inout Writer) -> Void
  ) async throws -> Reply {
    let call = try open(target)
    let reply = await withUnsafeContinuation { send(call, to: target, method, write, $0) }
    if reply.isFinal {
      close(call)
      return reply
    }
    return try await again(reply, call, to: target, method, write)
  }

  /// Takes a call: from here on it has an id and an instant by which it ends.
  @usableFromInline func open(_ target: borrowing RefTarget) throws -> OpenCall {
    let turn = TurnInfo.current
    if Task.isCancelled { throw CallError(.cancelled, "the calling task was cancelled before it made the call") }
    try target.check()
    let deadline = deadline(target.options, parent: turn)
    guard loop.now < deadline else { throw CallError(.deadlineExceeded, "the time of the calling turn is up") }
    if let turn, turn.chainLength >= TurnInfo.longestChain {
      throw CallError(.callCycle, "a chain of \(TurnInfo.longestChain) calls wait for each other: that is more than anyone means to write")
    }
    return OpenCall(sequence: target.options.idempotencyKey == nil ? openCalls.open() : 0, deadline: deadline, turn: turn)
  }

  /// The caller has its answer, whatever it is.
  @usableFromInline func close(_ call: OpenCall) {
    if call.sequence != 0 { openCalls.close(call.sequence) }
  }

  /// The first try did not end the call: what is safe is tried again. Closes the call.
  @usableFromInline nonisolated(nonsending) func again(
    _ first: Reply, _ call: OpenCall, to target: RefTarget, _ method: CalledMethod, _ write: (inout Writer) -> Void
  ) async throws -> Reply {
    defer { close(call) }
    var reply = first
    var isRetry = false
    var pause = Cluster.firstPause
    while true {
      switch verdict(on: reply, of: method, to: target, isRetry: isRetry) {
      case .final: return reply
      case .failed(let error): throw error
      case .again(let behindEpoch):
        if let behindEpoch { onNewerEpoch?(behindEpoch) }
        guard loop.freshNow() + pause < call.deadline else { throw lastWord(on: reply, of: method, to: target, isRetry: isRetry) }
        await rest(pause / 2 + pause * Double(loop.random() % 1_024) / 2_048)
        pause = min(pause * 2, Cluster.longestPause)
        isRetry = true
        reply = await withUnsafeContinuation { send(call, to: target, method, isRetry: true, write, $0) }
      }
    }
  }

  nonisolated(nonsending) func rest(_ pause: Duration) async {
    await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
      loop.schedule(after: pause) { waiter.resume() }
    }
  }
}

extension RefTarget {
  func check() throws {
    guard CallLimits.isValid(id: id) else {
      if id.isEmpty { throw CallError(.idInvalid, "an entity's id cannot be empty") }
      throw CallError(.idInvalid, "an entity's id has at most \(CallLimits.idBytes) bytes, this one has \(id.utf8.count)")
    }
    try options.check()
  }
}

extension Reply {
  /// The entity has spoken: a value, or an error of its own.
  @usableFromInline var isFinal: Bool { status == .value || status == .failure }
}
