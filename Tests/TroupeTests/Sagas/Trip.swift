// A flow for the runtime's own tests: it books three ledgers, and unbooks them when it cannot go on.
import Troupe
import TroupeTesting

@Wire struct TripMemory: Hashable {
  var booked: [String] = []
  var unbooked: [String] = []
}

/// What goes wrong, decided by the test: by the step, whether it is being undone, and the try.
final class Weather: @unchecked Sendable {
  // Sound because a simulation has one thread.
  struct Storm: Error, CustomStringConvertible {
    let description: String
  }

  var fails: (_ step: String, _ isUndo: Bool, _ attempt: Int) throws -> Void = { _, _, _ in }
  /// Every try that was made, in order.
  var log: [String] = []

  func pass(_ step: String, undo: Bool, _ attempt: Int) throws {
    log.append("\(undo ? "un" : "")\(step)")
    try fails(step, undo, attempt)
  }
}

extension Flow<Int, TripMemory> {
  static func trip(_ weather: Weather, steps: [String] = ["flight", "hotel", "car"], timeout: Duration = .seconds(5)) -> Flow {
    steps.reduce(Flow("trip", remembering: TripMemory())) { flow, step in
      flow.step(step, timeout: timeout) { scope, memory in
        try weather.pass(step, undo: false, scope.attempt)
        _ = try await scope.entity(Ledger.self, "\(step)-\(scope.id)").once(scope.key).book(scope.input)
        memory.booked.append(step)
      } undo: { scope, memory in
        try weather.pass(step, undo: true, scope.attempt)
        // Nobody knows how far the step came: what was never booked need not be unbooked.
        let ledger = scope.entity(Ledger.self, "\(step)-\(scope.id)")
        if try await ledger.balance() > 0 { _ = try await ledger.once(scope.key).book(-scope.input) }
        memory.unbooked.append(step)
      }
    }
  }
}
