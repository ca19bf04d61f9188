// An entity outside of every cluster: what `TroupeTesting` needs to give one to a unit test.

extension EntityContext {
  /// A context on a loop that belongs to no node. Calls to other entities find no cluster and fail as `.unavailable`.
  package static func alone(id: String, on loop: any EventLoop) -> EntityContext {
    let parts = Stage.Parts(
      registry: Registry(), store: NoStore(), incarnation: 1, node: nil,
      hello: HelloInfo(cluster: "alone", name: id, role: .operator, incarnation: 1), security: nil, log: .silent)
    let stage = Stage(parts, loop: loop)
    _ = Cluster([stage.home])
    return EntityContext(id: id, home: stage.home)
  }
}

extension EventSourced {
  /// What a node does around a command: `emit` is allowed from `begin` to `end`, which hands over what was emitted.
  package static func beginCommand(on entity: isolated Self) { entity.turn.begin(.command) }
  package static func endCommand(on entity: isolated Self) throws -> [Event] {
    _ = entity.turn.book?.takeChanges()
    let events = try entity.turn.takeEvents().map { try Event(wireBytes: $0) }
    try entity.turn.end()
    return events
  }

  /// The reminders that its commands have set, the earliest first.
  package static func reminders(on entity: isolated Self) -> [(name: String, due: WallTime)] {
    entity.turn.book?.pending.sorted { ($0.due, $0.name) < ($1.due, $1.name) }.map { ($0.name, WallTime(milliseconds: $0.due)) } ?? []
  }
}
