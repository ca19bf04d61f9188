// What the running turn of an event-sourced entity has let out so far. Stored in the actor and not Sendable: the actor's
// isolation is its lock.

public final class Turn<Event: Wire> {
  /// Which kind of turn runs; decides whether an event may be recorded.
  enum Phase { case none, command, query }

  private var phase = Phase.none
  private var events: [[UInt8]] = []
  /// Nil for an entity that has no reminder and never had one since it came to memory.
  var book: ReminderBook?
  /// The sentence with which the turn fails, when it did what it may not.
  private var violation: String?
  /// What may not be recorded yet; nil while every member of the view knows all cases.
  var guarded: CaseGuard?
  /// The new case that the turn would have recorded: nothing of such a turn stands.
  private var early: String?
  /// Where an event goes that no call can be blamed for.
  var complain: (String) -> Void = { _ in }

  public init() {}

  func begin(_ phase: Phase) {
    self.phase = phase
    violation = nil
    early = nil
  }

  /// What the turn that has ended would have recorded too early; it must be undone then.
  func takeEarly() -> String? {
    guard let early else { return nil }
    self.early = nil
    events = []
    return early
  }

  /// Whether every member of the view can read the event; outside a node everybody can.
  func everybodyReads(_ event: Event) -> Bool { guarded?.newCase(in: event.wireBytes) == nil }

  /// Ends the turn. Throws when it did what it may not; what it did before stands, and is to be taken all the same.
  func end() throws(TurnViolation) {
    phase = .none
    guard let violation else { return }
    self.violation = nil
    throw TurnViolation(sentence: violation)
  }

  /// The events of the turn that has ended, encoded.
  func takeEvents() -> [[UInt8]] {
    guard !events.isEmpty else { return [] }
    defer { events = [] }
    return events
  }

  func violate(_ sentence: String) {
    if phase == .none { complain(sentence) } else { violation = sentence }
  }

  func remind(_ change: ReminderChange) {
    switch phase {
    case .none: return complain("a reminder was set outside a turn and is dropped: only a @Command may set one, before it returns")
    case .query: return violate("a @Query set a reminder: a query changes nothing; make it a @Command")
    case .command: break
    }
    let book = book ?? ReminderBook()
    self.book = book
    if let refusal = book.take(change) { violate(refusal) }
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
    guard early == nil else { return false }
    var writer = Writer(capacity: 256)  // most events; it is gone when the record is written
    writer.write(event)
    if let guarded, let found = guarded.newCase(in: writer.bytes) {
      early = found
      return false
    }
    events.append(writer.bytes)
    return true
  }
}

/// An event where none may be.
struct TurnViolation: Error, CustomStringConvertible {
  let sentence: String
  var description: String { sentence }
}
