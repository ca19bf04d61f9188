// What came of a simulation.
import TroupeNet

/// A finished simulation. The same plan gives the same report, in whatever process it runs.
public struct SimulationReport: Sendable {
  public let plan: SimulationPlan
  /// What was not as promised, a sentence each. Empty: nothing was found.
  public let complaints: [String]
  /// What happened.
  public let story: [String]
  /// What clients did and saw.
  public let operations: [Operation]
  /// How many blows of each kind fell.
  public let faults: [String: Int]
  /// By kind of blow, and by what some shard was just going through at some node ("taking", "sealing" …): how many fell then.
  public let phases: [String: [String: Int]]
  /// Requests to the store that took effect when their client had given up on them.
  public let lateEffects: Int
  public let storeRequests: Int
  /// What hosts sent to one another.
  public let networkBytes: Int
  /// Events of the world.
  public let steps: Int
  /// Virtual time.
  public let length: Duration
  /// Equal for equal histories.
  public let fingerprint: UInt64

  public func count(of end: OperationEnd) -> Int { operations.count { $0.end == end } }
}
