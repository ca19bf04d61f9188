// What a client wants of a node that may die at any step, and what must be so in the end. Each asks for just what docs/guarantees.md
// promises: inside exactly once, outside at least once and under one key.
import Killed
import Testing
import Troupe

protocol Scenario: Sendable {
  /// All that the client does, to the end of what follows from it. Nodes die meanwhile.
  func play(_ cluster: Cluster, _ outside: OutsideLedger) async throws
  /// Asked of a node that nobody kills any more, when nothing is under way.
  func check(_ cluster: Cluster, _ outside: OutsideLedger, _ label: Comment) async throws
}

extension Cast {
  func scenario() -> any Scenario {
    switch self {
    case .commands: CommandScenario()
    case .largeCommands: LargeCommandScenario()
    case .reminders: ReminderScenario()
    case .saga: SagaScenario(isDoomed: false)
    case .doomedSaga: SagaScenario(isDoomed: true)
    case .consumers: ConsumerScenario()
    }
  }
}

/// Tries of one call are shorter than an outage: so the client meets it, and comes again.
let patience = Duration.seconds(2)
