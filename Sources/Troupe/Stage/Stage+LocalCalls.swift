// The short way: caller and entity live on this loop, and the entity is free.

extension Stage {
  /// The entity to run the call on here and now; nil when it lives elsewhere, is busy or still loading, and when this node runs another
  /// type under the kind's name. One that runs at once has begun its synchronous turn, which `endLocalTurn` ends.
  @inlinable func localActivation<E: Entity>(
    _ target: borrowing RefTarget, isQuery: Bool, runsAtOnce: Bool, of type: E.Type
  ) throws -> EntityActivation<E>? {
    guard let activation = try localActivation(target, isQuery: isQuery, runsAtOnce: runsAtOnce, of: ObjectIdentifier(type)) else {
      return nil
    }
    return unsafeDowncast(activation, to: EntityActivation<E>.self)  // sound by the type asked for; a checked cast takes 40 ns
  }

  @usableFromInline func localActivation(
    _ target: borrowing RefTarget, isQuery: Bool, runsAtOnce: Bool, of type: ObjectIdentifier
  ) throws -> Activation? {
    guard let index = shardIndex(target.hash), let shard = shards[index], shard.state == .serving, shard.suspects == nil else { return nil }
    let turn = TurnInfo.current
    let trace = trace(target.options, turn)
    // What waits must not be overtaken; and a bulk turn runs in bulk time already.
    if openBulk.holds(target.hash) || target.options.isBulk && !(turn?.isBulk ?? false) { return nil }
    // A sampled call takes the long way, where its spans are made.
    if tracer != nil, let trace, trace.isSampled { return nil }
    let now = loop.now
    if let turn, turn.deadline <= now { throw CallError(.deadlineExceeded, "the time of the calling turn is up") }
    let caller = try caller(target.options, turn)
    let activation: Activation
    if let found = shard.table.find(kind: target.kind, hash: target.hash, id: target.id) {
      activation = found
    } else {
      guard let kind = registry.kinds[target.kind], CallLimits.isValid(id: target.id) else { return nil }
      activation = shard.activate(kind, target.id, hash: target.hash)
    }
    guard activation.runs(type), activation.canStart(isQuery: isQuery, caller: callerID), mayAnswer else { return nil }
    activation.lastUsed = now
    counters.calls += 1
    if runsAtOnce { synchronousTurn = SynchronousTurn(caller: caller, trace: trace, isBulk: turn?.isBulk ?? false) }
    return activation
  }

  @usableFromInline func endLocalTurn() { synchronousTurn = nil }

  /// A read's answer waits for the events that it saw.
  @usableFromInline nonisolated(nonsending) func passGate(of activation: Activation, at offset: Offset) async throws {
    let shard = activation.shard
    // Its shard has given its memory up meanwhile: nobody would ever open that gate, and what it has seen may not be so any more.
    let isDurable =
      activation.isDiscarded
      ? false
      : await withUnsafeContinuation { waiter in
        shard.journal.hold(until: max(offset, shard.journal.end), .signal(waiter))
      }
    guard isDurable else {
      throw CallError(.unavailable, "\(activation.kind.name)/\(activation.id) is being reloaded from its log", mayRetry: true)
    }
  }

  func info(for activation: Activation, _ options: CallOptions, parent: TurnInfo?) throws -> TurnInfo {
    TurnInfo(
      deadline: deadline(options, parent: parent),
      kind: activation.kindID, id: activation.id, caller: parent,
      identity: try caller(options, parent), trace: trace(options, parent), isBulk: parent?.isBulk ?? false)
  }

  /// Where a call that is made now belongs in a trace.
  func trace(_ options: borrowing CallOptions, _ turn: TurnInfo?) -> TraceContext? {
    if let own = options.trace { return own }
    if let turn { return turn.trace }
    return tracer?.tracer.currentTrace()
  }

  func deadline(_ options: CallOptions, parent: TurnInfo?) -> Instant {
    let (sum, overflow) = loop.now.nanoseconds.addingReportingOverflow(options.deadlineNanoseconds)
    let own = overflow ? Instant.distantFuture : Instant(nanoseconds: sum)
    return parent.map { min($0.deadline, own) } ?? own
  }

  /// Nil before the first view.
  func shardIndex(_ hash: UInt64) -> Int? {
    shards.isEmpty ? nil : TroupeWire.shardIndex(of: hash, shardCount: shards.count)
  }
}

/// What one call may be like.
enum CallLimits {
  /// An id is a name, not a document.
  static let idBytes = 512
  /// Arguments and replies of one call.
  static let payloadBytes = 16 * 1_024 * 1_024
  static let keyBytes = 255
  static let identityBytes = 1_024
  static let longestDeadlineSeconds: Int64 = 3_600

  static func isValid(id: String) -> Bool { !id.isEmpty && id.utf8.count <= idBytes }
}
