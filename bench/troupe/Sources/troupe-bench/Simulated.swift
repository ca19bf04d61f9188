// Whole clusters in virtual time: how fast they run, and what they cost when nobody calls.
import TroupeTesting

enum Simulated {
  /// So many nodes that nobody calls.
  static func idle(nodes: Int, seconds: Int) {
    var plan = SimulationPlan(seed: 1)
    plan.nodes = nodes
    plan.loops = 1
    plan.shardCount = 1_024
    plan.clients = 1
    plan.processes = 0
    plan.length = .seconds(seconds)
    plan.network = .local
    plan.storeLatency = .microseconds(500)...(.milliseconds(2))
    plan.drifts = Array(repeating: 0, count: nodes)
    plan.faults = []
    let report = Simulation(plan, []).run()
    precondition(report.complaints.isEmpty, "\(report.complaints)")
    print(
      """
      {"store_requests": \(report.storeRequests), "network_bytes": \(report.networkBytes), "virtual_seconds": \(report.length / .seconds(1))}
      """)
  }

  /// Five nodes on a quiet network, 200 entities and about 1,000 calls a virtual second; no faults.
  static func run(seed: UInt64, seconds: Int) {
    var plan = SimulationPlan(seed: seed)
    plan.nodes = 5
    plan.loops = 1
    plan.shardCount = 64
    plan.clients = 2
    plan.processes = 10
    // Each waits for half of it, and for an answer.
    plan.pause = .milliseconds(36)
    plan.length = .seconds(seconds)
    plan.network = .local
    plan.storeLatency = .microseconds(100)...(.milliseconds(1))
    plan.drifts = [0, 0, 0, 0, 0]
    plan.faults = []
    let clock = ContinuousClock()
    let began = clock.now
    let report = Simulation(plan, [CellWorkload(cells: 100), RollWorkload(rolls: 40), SpotWorkload(spots: 60)]).run()
    let took = clock.now - began
    precondition(report.complaints.isEmpty, "\(report.complaints)")
    print(
      """
      {"calls": \(report.operations.count), "virtual_seconds": \(report.length / .seconds(1)), "seconds": \(took / .seconds(1)), \
      "events": \(report.steps)}
      """)
  }
}
