// The saga: three steps, each with an effect outside and one on another entity. In the variant that fails the last step turns back, behind its
// effect, so that all three are undone.
import Troupe

@Wire struct JourneyMemory: Hashable {
  var booked: [String] = []
  var returned: [String] = []
}

enum Journey {
  static let steps = ["flight", "hotel", "car"]
  /// What a try may take; a try that dies with its node is made again two seconds later.
  static let timeout = Duration.seconds(2)
  /// Enough that no slow machine turns a journey back which should end well.
  static let retry = StepRetry(attempts: 100, firstPause: .milliseconds(50), longestPause: .seconds(1))

  static func purse(of step: String, _ id: String) -> String { "\(step)-\(id)" }
}

extension Flow<Int, JourneyMemory> {
  static func journey(_ outside: Outside, isDoomed: Bool) -> Flow {
    Journey.steps.reduce(Flow("journey", remembering: JourneyMemory())) { flow, step in
      flow.step(step, timeout: Journey.timeout, retry: Journey.retry) { scope, memory in
        try await outside.take("book \(step)", key: scope.key)
        if isDoomed, step == Journey.steps.last { throw TurnBack("there is no \(step)") }
        _ = try await scope.entity(Purse.self, Journey.purse(of: step, scope.id)).once(scope.key).pay(scope.input)
        memory.booked.append(step)
      } undo: { scope, memory in
        try await outside.take("return \(step)", key: scope.key)
        // Nobody knows how far the step came: what was never paid need not be paid back.
        let purse = scope.entity(Purse.self, Journey.purse(of: step, scope.id))
        if try await !purse.payments().isEmpty { _ = try await purse.once(scope.key).pay(-scope.input) }
        memory.returned.append(step)
      }
    }
  }
}
