// A whole cluster of real nodes under load and under faults, from one seed, in one thread and in virtual time; and what came of it.
public import Troupe
import TroupeNet

/// One run of a plan. Only loops, network, clocks and store are doubles: nodes, clients and entities are what ships.
///
/// ```swift
/// let report = Simulation(SimulationPlan(seed: 4711)).run()
/// #expect(report.complaints == [], "\(report.story)")
/// ```
public final class Simulation: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  /// A client, and the loop that it lives on.
  struct User {
    let cluster: Cluster
    let loop: SimulatedLoop
  }

  /// How long after the last fault everything must be served again.
  public static let convergence: Duration = .seconds(30)

  public let plan: SimulationPlan
  let workloads: [any SimulationWorkload]
  let world: SimulatedWorld
  let store: SimulatedStore
  let story: SimulationStory
  let history: History
  private let ownership: OwnershipWatch
  private let logs: WatchedStore
  var faultsStruck: [String: Int] = [:]
  var phasesStruck: [String: [String: Int]] = [:]
  var isHealed = false
  private(set) var users: [User] = []
  private var clients: [Client] = []
  private(set) var nodes: [SupervisedNode] = []
  private var isOver = false
  private var running = 0
  private var complaints: [String] = []

  /// - Parameter behind: what keeps everything, behind the faults that the plan has for stores.
  public init(
    _ plan: SimulationPlan, _ workloads: [any SimulationWorkload] = Simulation.standardWorkloads, store behind: any Store = MemoryStore()
  ) {
    self.plan = plan
    self.workloads = workloads
    world = SimulatedWorld(seed: plan.seed)
    logs = WatchedStore(behind)
    store = SimulatedStore(world, logs)
    ownership = OwnershipWatch(shardCount: plan.shardCount)
    story = SimulationStory(world)
    history = History(world)
    store.latency = plan.storeLatency
    world.network.latency = plan.network
    for (index, drift) in plan.drifts.enumerated() {
      let clock = world.clock(of: "n\(index + 1)")
      clock.drift = drift
      clock.head = .seconds(Int64(world.randomNumber() % 100_000))
    }
    nodes = (1...plan.nodes).map { SupervisedNode("n\($0)", in: self) }
  }

  var hosts: [String] { nodes.map(\.id) + (1...plan.clients).map { "c\($0)" } }
  func node(_ id: String) -> SupervisedNode? { nodes.first { $0.id == id } }

  // MARK: Running

  /// Runs all of it. Call it once.
  public func run() -> SimulationReport {
    for (index, node) in nodes.enumerated() { world.schedule(after: .milliseconds(20 * index)) { node.start() } }
    if !world.run(limit: .seconds(60), until: { nodes.allSatisfy(\.isMember) }) { complaints.append("the cluster did not start") }
    connect()
    if complaints.isEmpty { play() }
    defer { world.end() }
    return SimulationReport(
      plan: plan, complaints: complaints, story: story.lines, operations: history.operations, faults: faultsStruck,
      phases: phasesStruck,
      lateEffects: store.lateEffects, storeRequests: store.requests, networkBytes: world.network.bytes, steps: world.steps,
      length: world.now - SimulatedWorld.beginning, fingerprint: world.fingerprint)
  }

  private func play() {
    startProcesses()
    for timed in plan.faults {
      world.schedule(after: timed.after) { [weak self] in if let self, !isHealed { strike(timed.fault) } }
    }
    watch(for: plan.length)
    heal()
    // The load goes on while the cluster comes to rest: calls, too, have to find their way back.
    watch(for: .seconds(3))
    isOver = true
    if !world.run(limit: .seconds(60), until: { running == 0 }) { complaints.append("\(running) calls never ended") }
    let remains = SimulationRemains()
    settle(remains)
    for workload in workloads { complaints += workload.check(history, remains) }
    complaints += ownership.complaints + logs.complaints
  }

  private func watch(for time: Duration) {
    let end = world.now + time
    while world.now < end {
      world.run(until: min(end, world.now + OwnershipWatch.interval))
      ownership.look(at: nodes.map { ($0.id, $0.servedShards) }, "\(world.now - SimulatedWorld.beginning)")
    }
  }

  private func connect() {
    let seeds = nodes.compactMap { SocketAddress("\($0.id):\(SupervisedNode.port)") }
    for number in 1...plan.clients {
      let loop = world.makeLoop(host: "c\(number)")
      do {
        let client = try world.run(on: loop) {
          try await Client.connect(
            to: seeds, cluster: "sim", name: "c\(number)", role: .operator, tls: nil, on: [loop], calls: CallPolicy(), limit: .seconds(60),
            log: .silent)
        }
        clients.append(client)
        users.append(User(cluster: client.cluster, loop: loop))
      } catch { complaints.append("client c\(number) found no cluster: \(error)") }
    }
  }

  private func startProcesses() {
    for number in 0..<plan.clients * plan.processes {
      let user = users[number % users.count]
      let process = SimulationProcess(number: number, cluster: user.cluster, history: history, seed: world.randomNumber())
      running += 1
      Task(executorPreference: user.loop) { [workloads, pause = plan.pause] in
        while !self.isOver {
          await SimulatedLoop.pass(pause / 1_000 * process.draw(0..<1_000))
          await workloads[process.draw(0..<workloads.count)].act(process)
        }
        self.running -= 1
      }
    }
  }

  // MARK: Coming to rest

  private func settle(_ remains: SimulationRemains) {
    let user = users[0]
    let end = world.now + Self.convergence
    var missing: String?
    repeat {
      missing = whatMissing()
      if missing == nil {
        do {
          try world.run(on: user.loop, limit: .seconds(120)) { [workloads] in
            for workload in workloads { try await workload.settle(user.cluster, remains) }
          }
        } catch { missing = "\(error)" }
      }
      if missing != nil { world.run(for: .milliseconds(200)) }
    } while missing != nil && world.now < end
    if let missing { complaints.append("\(Self.convergence) after the last fault not at rest: \(missing)") }
  }

  private func whatMissing() -> String? {
    if let node = nodes.first(where: { !$0.isMember }) { return "\(node.id) is no member" }
    guard let view = store.view() else { return "there is no register" }
    if view.members.count != nodes.count { return "the view has \(view.members.map(\.id)) as members" }
    return view.owners.contains(View.nobody) ? "a shard has no owner" : nil
  }
}

extension SimulatedLoop {
  /// Lets time pass on the loop that it is called on.
  static nonisolated(nonsending) func pass(_ time: Duration) async {
    await withUnsafeContinuation { waiter in _ = CurrentLoop.loop?.schedule(after: time) { waiter.resume() } }
  }
}
