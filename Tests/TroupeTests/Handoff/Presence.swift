// A volatile entity that takes what it knows along, for the runtime's own tests.
import Troupe

@Entity("presence")
actor Presence: Portable {
  @Wire struct State: Equatable {
    var visits = 0
    var notes: [UInt8] = []
  }

  var state = State()
  /// Not part of the state.
  private var visitsHere = 0

  @Command func visit() -> Int {
    state.visits += 1
    visitsHere += 1
    return state.visits
  }
  @Command func note(_ bytes: [UInt8]) { state.notes = bytes }
  /// Visits once it has been suspended: a turn that a seal must wait for.
  @Command func visitLater() async -> Int {
    for _ in 0..<20 { await Task.yield() }
    return visit()
  }
  /// Asks another one in between, which takes a moment of virtual time.
  @Command func visitWith(_ other: String) async throws -> Int {
    _ = try await context.entity(Presence.self, other).visits()
    return visit()
  }
  @Query func visits() -> Int { state.visits }
  @Query func visitsSinceItIsHere() -> Int { visitsHere }
  @Query func size() -> Int { state.notes.count }
}

/// The same kind, of a version that has stored something else.
@Entity("presence")
actor Stranger: Portable {
  @Wire struct State {
    var visits = ""
  }

  var state = State()

  @Command func visit() -> Int {
    state.visits += "!"
    return state.visits.utf8.count
  }
  @Query func visits() -> Int { state.visits.utf8.count }
}
