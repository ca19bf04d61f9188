// What clients do in a simulation, and what must hold of what they saw.
public import Troupe

/// Something to do with a cluster, over and over, by several processes at once; and its judge.
///
/// The runtime's own are `Simulation.standardWorkloads`. An application's: register its entities, let `act` make one operation of a kind that its history
/// records, and let `check` say in sentences what was wrong.
public protocol SimulationWorkload: Sendable {
  /// Adds the entities that it uses. Called for each start of each node.
  func register(_ registry: inout Registry)
  /// One operation, by a process that is doing nothing else.
  nonisolated(nonsending) func act(_ process: SimulationProcess) async
  /// Reads what the cluster holds when every fault is over; called again until it throws nothing.
  nonisolated(nonsending) func settle(_ cluster: Cluster, _ remains: SimulationRemains) async throws
  /// Sentences about what cannot have been; none when all was well.
  func check(_ history: History, _ remains: SimulationRemains) -> [String]
}

/// What workloads found at the end, by workload and key.
public final class SimulationRemains: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  private var found: [String: [Int]] = [:]

  init() {}

  public subscript(key: String) -> [Int] {
    get { found[key] ?? [] }
    set { found[key] = newValue }
  }
}
