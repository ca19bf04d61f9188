// What the running turn of an event-sourced entity has let out so far. Stored in the actor and not Sendable: the actor's
// isolation is its lock.

public final class Turn<Event: Wire> {
  /// Which kind of turn runs; decides whether an event may be recorded.
  enum Phase { case none, command, query }

  private var phase = Phase.none
  private var events: [[UInt8]] = []
  /// The sentence with which the turn fails, when it did what it may not.
  private var violation: String?
  /// Where an event goes that no call can be blamed for.
  var complain: (String) -> Void = { _ in }

  public init() {}

  func begin(_ phase: Phase) {
    self.phase = phase
    violation = nil
  }

  /// Ends the turn and hands over its events, encoded. Throws when the turn emitted where it may not.
  func end() throws(TurnViolation) -> [[UInt8]] {
    phase = .none
    if let violation {
      self.violation = nil
      throw TurnViolation(sentence: violation)
    }
    guard !events.isEmpty else { return [] }
    defer { events = [] }
    return events
  }

  /// Called by the generated `emit`: whether the event may be applied. Outside a command it may not: a query fails by name, an
  /// event of nobody's turn stands in the log of the node, and no process falls.
  public func record(_ event: Event) -> Bool {
    guard phase == .command else {
      if phase == .query {
        violation = "a @Query emitted \(event): a query changes nothing; make it a @Command"
      } else {
        complain("\(event) was emitted outside a turn and is dropped: only a @Command may emit, before it returns")
      }
      return false
    }
    var writer = Writer(capacity: 256)  // most events; it is gone when the record is written
    writer.write(event)
    events.append(writer.bytes)
    return true
  }
}

/// An event where none may be.
struct TurnViolation: Error, CustomStringConvertible {
  let sentence: String
  var description: String { sentence }
}
