// The list of what can be done to a cluster. What each does stands in a file of its own.

struct ChaosScenario: Sendable {
  let name: String
  /// What happens, for `chaos list`.
  let summary: String
  /// Fewer make no sense.
  let nodes: Int
  /// How often it is done when --minutes does not say for how long.
  let rounds: Int
  /// An operator's everyday work: not one call may fail because of it.
  var isPlanned = false
  /// Only for a cluster that `cluster/local/netcluster` has started.
  var needsNetwork = false
  /// With strace, as somebody who may trace the nodes.
  var needsTracing = false
  /// One round, from the first fault to the recovery from the last.
  let play: @Sendable (_ stage: ChaosStage, _ round: Int) async throws -> Void

  /// In a word or two, for the list.
  var needs: String { needsNetwork ? "networks" : needsTracing ? "strace" : "" }

  static let all = [
    killOne, killTwo, killInHandoff, pause, rollingRestart, churn, cutFull, cutOneWay, cutStore, flappingLink, storeRestart,
    slowDisk, failingDisk,
  ]

  static func named(_ name: String) throws(Refusal) -> ChaosScenario {
    guard let scenario = all.first(where: { $0.name == name }) else {
      throw Refusal("There is no scenario '\(name)': there are \(all.map(\.name).joined(separator: ", ")).")
    }
    return scenario
  }
}
