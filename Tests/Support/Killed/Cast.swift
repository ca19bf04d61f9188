// What a node runs in each scenario: no more than it needs, since what the others need would be durable steps without anything to ask of them.
import Foundation
import Troupe

public enum Cast: String, CaseIterable, Sendable {
  case commands, largeCommands, reminders, saga, doomedSaga, consumers

  public func register(in registry: inout Registry, _ outside: Outside) {
    registry.register(Purse.self)
    registry.register(Bell.self)
    registry.register(Poison.self)
    switch self {
    case .commands, .largeCommands: break
    case .reminders: Consumers.subscribeToRings(&registry, outside)
    case .saga: registry.register(.journey(outside, isDoomed: false))
    case .doomedSaga: registry.register(.journey(outside, isDoomed: true))
    case .consumers: Consumers.subscribeToPayments(&registry, outside)
    }
  }

  public static func configuration(port: Int) -> NodeConfiguration {
    var configuration = NodeConfiguration(cluster: cluster, id: "n1", port: port, shardCount: 2)
    // So few that snapshots fall among the steps.
    configuration.snapshots.records = 2
    // Here nodes end all the time, and never of a call: but where a test is about that, and says for how long.
    let pause = ProcessInfo.processInfo.environment["QUARANTINE"].flatMap { Int($0) } ?? 0
    configuration.quarantine = QuarantinePolicy(firstPause: .seconds(pause), longestPause: .seconds(3_600))
    return configuration
  }

  public static let cluster = "killed"
}
