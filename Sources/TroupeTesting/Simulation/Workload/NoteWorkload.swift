// A topic under faults: a group of consumers takes each message, in its entity's order, and keys make one effect of it.
public import Troupe

/// Whose events a topic shows.
@Entity("simulated-note")
public actor SimulatedNote: EventSourced {
  @Wire public struct State {
    var numbers: [Int] = []
    mutating func apply(_ event: Event) {
      switch event {
      case .noted(let number): numbers.append(number)
      }
    }
  }
  @Wire public enum Event { case noted(Int) }

  @Command func note(_ number: Int) { emit(.noted(number)) }
  @Query func numbers() -> [Int] { state.numbers }
}

/// What the consumers make of them: the same list again, in another shard.
@Entity("simulated-copy")
public actor SimulatedCopy: EventSourced {
  @Wire public struct State {
    var numbers: [Int] = []
    mutating func apply(_ event: Event) {
      switch event {
      case .heard(let number): numbers.append(number)
      }
    }
  }
  @Wire public enum Event { case heard(Int) }

  @Command func hear(_ number: Int) { emit(.heard(number)) }
  @Query func numbers() -> [Int] { state.numbers }
}

/// Lists whose copies a group of consumers keeps.
public struct NoteWorkload: SimulationWorkload {
  private let notes: Int

  /// - Parameter notes: how many lists there are.
  public init(notes: Int = 12) { self.notes = notes }

  private static let topic = Topic<Int>("simulated.notes").from(SimulatedNote.self) { event, _ in
    switch event {
    case .noted(let number): number
    }
  }

  public func register(_ registry: inout Registry) {
    registry.register(SimulatedNote.self)
    registry.register(SimulatedCopy.self)
    registry.subscribe("simulated-copies", to: Self.topic) { delivery, cluster in
      let copy = cluster.entity(SimulatedCopy.self, delivery.origin.entity).within(.seconds(2))
      do { try await copy.once(delivery.key).hear(delivery.message) } catch let error as CallError {
        // Nodes are gone, or the store is: it is nothing about this message.
        throw ConsumerUnavailable("\(error)")
      }
    }
  }

  public nonisolated(nonsending) func act(_ process: SimulationProcess) async {
    let (key, number) = ("note-\(process.draw(0..<notes))", process.freshNumber())
    await process.perform("note", key, number) {
      try await process.cluster.entity(SimulatedNote.self, key).within(.seconds(2)).note(number)
      return []
    }
  }

  public nonisolated(nonsending) func settle(_ cluster: Cluster, _ remains: SimulationRemains) async throws {
    for number in 0..<notes {
      let key = "note-\(number)"
      let noted = try await cluster.entity(SimulatedNote.self, key).within(.seconds(5)).numbers()
      let heard = try await cluster.entity(SimulatedCopy.self, key).within(.seconds(5)).numbers()
      guard heard.count >= noted.count else { throw NotThereYet("the copy of \(key) has \(heard.count) of \(noted.count)") }
      (remains[key], remains["copy of \(key)"]) = (noted, heard)
    }
  }

  public func check(_ history: History, _ remains: SimulationRemains) -> [String] {
    history.byKey(["note"]).flatMap { key, operations in
      let (noted, heard) = (remains[key], remains["copy of \(key)"])
      return OnceChecks.complaints(key, operations, happened: noted)
        + (noted == heard ? [] : ["\(key): consumers heard \(heard), and \(noted) was noted"])
    }
  }
}
