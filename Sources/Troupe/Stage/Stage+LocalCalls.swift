// The short way: caller and entity live on this loop, and the entity is free.

extension Stage {
  /// The same by its type: nil also when this node runs another type under the kind's name.
  @inlinable func localActivation<E: Entity>(_ target: RefTarget, isQuery: Bool, of type: E.Type) throws -> EntityActivation<E>? {
    guard let activation = try localActivation(target, isQuery: isQuery), activation.runs(ObjectIdentifier(type)) else { return nil }
    return unsafeDowncast(activation, to: EntityActivation<E>.self)  // sound by the line above; a checked cast takes 40 ns
  }

  /// What a call on the short way leaves behind: who calls, and that it was made.
  @usableFromInline func beginLocalTurn(_ target: RefTarget) {
    synchronousTurn = SynchronousTurn(caller: target.options.identity ?? TurnInfo.current?.identity)
    counters.calls += 1
  }

  @usableFromInline func endLocalTurn() { synchronousTurn = nil }

  /// The entity to run the call on here and now; nil when it lives elsewhere, is busy or still loading.
  @usableFromInline func localActivation(_ target: RefTarget, isQuery: Bool) throws -> Activation? {
    guard let index = shardIndex(target.hash), let shard = shards[index], shard.state == .serving else { return nil }
    if let turn = TurnInfo.current, turn.deadline <= loop.now {
      throw CallError(.deadlineExceeded, "the time of the calling turn is up")
    }
    let activation: Activation
    if let found = shard.table.find(kind: target.kind, hash: target.hash, id: target.id) {
      activation = found
    } else {
      guard let kind = registry.kinds[target.kind], CallLimits.isValid(id: target.id) else { return nil }
      activation = shard.activate(kind, target.id, hash: target.hash)
    }
    guard activation.canStart(isQuery: isQuery, caller: callerID), mayAnswer else { return nil }
    activation.lastUsed = loop.now
    return activation
  }

  /// A read's answer waits for the events that it saw.
  @usableFromInline nonisolated(nonsending) func passGate(of activation: Activation, at offset: Offset) async throws {
    let shard = activation.shard
    let isDurable = await withUnsafeContinuation { waiter in
      shard.journal.hold(until: max(offset, shard.journal.end), .signal(waiter))
    }
    guard isDurable else {
      throw CallError(.unavailable, "\(activation.kind.name)/\(activation.id) is being reloaded from its log", mayRetry: true)
    }
  }

  func info(for activation: Activation, _ options: CallOptions, parent: TurnInfo?) -> TurnInfo {
    TurnInfo(
      deadline: deadline(options, parent: parent),
      kind: activation.kindID, id: activation.id, callers: parent?.chain,
      identity: options.identity ?? parent?.identity)
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
