// What the running turn of an event-sourced entity has let out so far. Stored in the actor and not Sendable: the actor's
// isolation is its lock.

public final class Turn<Event: Wire> {
  /// Which kind of turn runs; decides whether an event may be recorded.
  enum Phase { case none, command, query }

  private var phase = Phase.none
  private var events: [[UInt8]] = []

  public init() {}

  func begin(_ phase: Phase) {
    self.phase = phase
  }

  /// Ends the turn and hands over its events, encoded.
  func end() -> [[UInt8]] {
    phase = .none
    guard !events.isEmpty else { return [] }
    defer { events = [] }
    return events
  }

  /// Called by the generated `emit`.
  public func record(_ event: Event) {
    switch phase {
    case .command: break
    case .query: preconditionFailure("a @Query emitted \(event): a query changes nothing; make it a @Command")
    case .none: preconditionFailure("\(event) was emitted outside a turn: only a @Command may emit")
    }
    var writer = Writer()
    writer.write(event)
    events.append(writer.bytes)
  }
}
