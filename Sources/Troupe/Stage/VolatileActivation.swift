// An entity whose state lives in memory alone.

/// What both sorts of entity share: the actor, by its type.
@usableFromInline class EntityActivation<E: Entity>: Activation {
  @usableFromInline let entity: E

  init(_ entity: E, kind: Kind, id: String, hash: UInt64, shard: Shard) {
    self.entity = entity
    super.init(kind: kind, id: id, hash: hash, shard: shard)
  }
}

final class VolatileActivation<E: Entity>: EntityActivation<E> {
  override func run(_ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink) {
    let stage = stage
    var writer = stage.takeScratch()
    stage.synchronousCaller = facts.identity
    let outcome: Outcome
    do {
      outcome = try entity.assumeIsolated { entity in
        var reader = Reader(arguments)
        return try E.dispatch(method, &reader, reply: &writer, on: entity)
      }
    } catch {
      stage.giveBack(writer)
      return stage.refuse(error, of: self, to: sink)
    }
    switch outcome {
    case .value: stage.reply(to: sink, .value, writer.bytes.span.bytes)
    case .failure: stage.reply(to: sink, .failure, writer.bytes.span.bytes)
    case .suspends:
      AsyncTurn.start(method, isQuery: isQuery, arguments, facts, to: sink, of: self, on: entity)
    }
    stage.giveBack(writer)
  }

  override func delete(_ facts: CallFacts, to sink: ReplySink) {
    shard.evict(self)
    stage.reply(to: sink, .value, [])
  }
}
