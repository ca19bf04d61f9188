// One logical call through all its tries: to whoever owns the shard, again where that is safe, until its deadline.
//
// `open`, one `send` whose reply ends nearly every call, `close`: generated code does these in its own frame (see
// `EntityRef.remote`). Only what did not end with the first try comes to `again`, in `Stage+Retries`.

extension Cluster {
  /// Answers with the entity's value or its own failure; throws a `CallError` for everything else.
  @usableFromInline nonisolated(nonsending) func perform(
    _ target: RefTarget, _ method: CalledMethod, kind: String, _ name: CalledName, _ write: (inout Writer) -> Void
  ) async throws -> Reply {
    if let stage = currentStage { return try await stage.perform(target, method, kind: kind, name, write) }
    // From a thread that is none of ours: encode here, then do the rest on the loop that owns the shard's calls.
    var writer = Writer()
    write(&writer)
    let home = home(of: target.hash)
    let arguments = writer.bytes
    let call = Task(executorPreference: home.loop) {
      try await home.stage.value.perform(target, method, kind: kind, name) { $0.append(arguments.span.bytes) }
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
    _ target: RefTarget, _ method: CalledMethod, kind: String, _ name: CalledName, _ write: (inout Writer) -> Void
  ) async throws -> Reply {
    let call = try open(target, method.id, name)
    let (reply, pass) = await firstTry(call, to: target, method, write)
    if reply.isFinal {
      close(call, pass, reply.status)
      return reply
    }
    return try await again(reply, pass, call, to: target, method, kind: kind, write)
  }

  /// Takes a call: from here on it has an id and an instant by which it ends.
  @usableFromInline func open(_ target: borrowing RefTarget, _ method: UInt64, _ name: CalledName) throws -> OpenCall {
    let turn = TurnInfo.current
    let caller: WaitingTask?
    do { caller = try .current() } catch { throw CallError(.cancelled, "the calling task was cancelled before it made the call") }
    try target.check()
    let deadline = deadline(target.options, parent: turn)
    guard loop.now < deadline else { throw CallError(.deadlineExceeded, "the time of the calling turn is up") }
    if let turn, turn.chainLength >= TurnInfo.longestChain {
      throw CallError(.callCycle, "a chain of \(TurnInfo.longestChain) calls wait for each other: that is more than anyone means to write")
    }
    return OpenCall(
      sequence: target.options.idempotencyKey == nil ? openCalls.open() : 0, deadline: deadline, turn: turn, caller: caller,
      trace: tracer == nil ? nil : beginTrace(target, method, name, turn),
      bulk: openBulk.open(target.hash, isBulk: target.options.isBulk || turn != nil && turn!.isBulk))
  }

  @inline(never)
  func beginTrace(_ target: borrowing RefTarget, _ method: UInt64, _ name: CalledName, _ turn: TurnInfo?) -> CallTrace? {
    guard let tracer, let parent = trace(target.options, turn) else { return nil }
    return tracer.begin(target, method, name, in: parent)
  }

  /// The entity has answered at the first try.
  @usableFromInline func close(_ call: OpenCall, _ pass: CallPass, _ status: ReplyStatus) {
    if let trace = call.trace { tracer?.end(trace, "\(status)", .yes) }
    if pass.lane >= 0 { if pass.isProbe { probeAnswered(pass) } else { defences.lanes.answered(pass) } }
    close(call)
  }

  /// The caller has its answer, whatever it is.
  func close(_ call: OpenCall) {
    if call.sequence != 0 { openCalls.close(call.sequence) }
    if call.isBulk { openBulk.close(call.bulk) }
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
