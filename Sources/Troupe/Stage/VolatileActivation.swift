// An entity whose state lives in memory alone.

/// What both sorts of entity share: the actor, by its type.
@usableFromInline class EntityActivation<E: Entity>: Activation {
  @usableFromInline let entity: E

  init(_ entity: E, kind: Kind, id: String, hash: UInt64, shard: Shard) {
    self.entity = entity
    super.init(kind: kind, id: id, hash: hash, shard: shard)
  }

  override nonisolated(nonsending) func perform(_ method: UInt64, _ arguments: [UInt8], reply: inout Writer) async throws -> Outcome {
    var reader = Reader(arguments.span.bytes)
    return try await E.dispatchAsync(method, &reader, reply: &reply, on: entity)
  }
}

final class VolatileActivation<E: Entity>: EntityActivation<E> {
  override func run(_ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, on stage: Stage) {
    var writer = Writer()
    stage.exchangeScratch(&writer)
    defer { stage.giveBack(&writer) }
    var reader = Reader(arguments)
    stage.synchronousTurn = Stage.SynchronousTurn(caller: facts.identity, trace: facts.trace, isBulk: facts.isBulk)
    defer { stage.synchronousTurn = nil }
    do {
      switch try dispatch(method, &reader, &writer, entity) {
      case .value: stage.reply(to: sink, .value, writer.span)
      case .failure: stage.reply(to: sink, .failure, writer.span)
      case .stream: stage.open(stage.takeOpened(), of: self, to: sink)
      case .suspends: TurnRunner.start(method, isQuery: isQuery, arguments, facts, to: sink, of: self, on: stage)
      }
    } catch {
      stage.refuse(error, of: self, to: sink)
    }
  }

  override func run(
    _ method: UInt64, _ arguments: RawSpan, _ large: LargeBytes, _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) -> Bool {
    var writer = Writer()
    stage.exchangeScratch(&writer)
    defer { stage.giveBack(&writer) }
    var reader = Reader(arguments, large: large)
    stage.synchronousTurn = Stage.SynchronousTurn(caller: facts.identity, trace: facts.trace, isBulk: facts.isBulk)
    defer { stage.synchronousTurn = nil }
    do {
      let outcome = try dispatch(method, &reader, &writer, entity)
      if outcome == .suspends { return false }
      stage.reply(to: sink, outcome.status, writer.span)
    } catch {
      // All arguments are read before a method begins: what has not taken the last one has not begun.
      if !large.isTaken { return false }
      stage.refuse(error, of: self, to: sink)
    }
    return true
  }

  /// The kind's: one for all its entities.
  private var dispatch: Dispatch<E> { ownKind.dispatch }
  private var ownKind: VolatileKind<E> { unsafeDowncast(kind, to: VolatileKind<E>.self) }  // only `VolatileKind` makes one of these

  override func pack() -> [UInt8]? { ownKind.luggage?.pack(entity) }

  override func unpack(_ state: [UInt8]) throws { try ownKind.luggage?.unpack(state, entity) }

  override func delete(_ facts: CallFacts, to sink: ReplySink) {
    shard.evict(self)
    stage.reply(to: sink, .value, [])
  }
}
