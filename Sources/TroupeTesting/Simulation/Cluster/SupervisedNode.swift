// One machine of a simulated cluster: a node on it, and a supervisor that starts the node again when it has ended.
import Troupe
import TroupeNet

/// A node that comes back.
final class SupervisedNode: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  let id: String
  private unowned let simulation: Simulation
  private var loops: [SimulatedLoop] = []
  /// Counts starts: what an earlier life still has to say is of no interest.
  private var life = 0
  private var node: Node?
  private(set) var isUp = false
  /// What its shards are doing, if it is a member and not paused.
  var phasesOfShards: Set<ShardPhase> {
    guard let node, let loop = loops.first, loop.state == .running else { return [] }
    return loop.perform { node.phasesOfShards }
  }
  /// What it serves and may answer for. A machine that was frozen with its clock does not know what it may until it has beaten again, or its
  /// lease has run out by its late clock, and is not asked: nobody believes it.
  var servedShards: [ShardID] {
    guard let node, world.now >= knowsItsTimeFrom else { return [] }
    return loops.enumerated().flatMap { index, loop in
      loop.state == .running ? loop.perform { node.servedShards(onLoop: index) } : []
    }
  }
  private var knowsItsTimeFrom = SimulatedWorld.beginning
  private static let afterAThaw: Duration = .seconds(2)
  /// It joined, and nobody has said that it ended.
  var isMember: Bool { node != nil }

  /// Every node listens on the same ports of its own address, however often it starts.
  static let port = 7_000
  /// What it runs, and what it runs after an upgrade; after the next one it is back.
  static let versions = ["1", "2"]
  private var version = SupervisedNode.versions[0]

  init(_ id: String, in simulation: Simulation) {
    self.id = id
    self.simulation = simulation
  }

  private var world: SimulatedWorld { simulation.world }

  func start() {
    guard !isUp else { return }
    life += 1
    isUp = true
    knowsItsTimeFrom = world.now
    let (life, plan) = (life, simulation.plan)
    simulation.story.tell("\(id) starts, its \(life). life, with version \(version)")
    // A machine that was paused while nothing ran on it goes on when something does.
    world.network.resume(id)
    let loops = (0..<plan.loops).map { world.makeLoop(host: id, index: $0) }
    self.loops = loops
    var configuration = NodeConfiguration(
      cluster: "sim", id: id, host: id, port: Self.port, loops: plan.loops, version: version, shardCount: plan.shardCount,
      startLimit: .seconds(20))
    // Nodes end here all the time, and never of a call: who was called just then is to be back before the last look.
    configuration.quarantine = QuarantinePolicy(firstPause: .seconds(1), longestPause: .seconds(8))
    // Its workloads are far from what a core can do: nothing would ever be moved for its cost.
    configuration.balance = nil
    let (store, story) = (simulation.store.door(of: id), simulation.story)
    let workloads = simulation.workloads
    let log = Log { [id] level, text in if level > .debug { story.tell("\(id)/\(life): \(text)") } }
    let settled = configuration
    Task(executorPreference: loops[0]) {
      do {
        let node = try await Node.start(settled, on: loops, store: store, log: log) { registry in
          for workload in workloads { workload.register(&registry) }
        }
        self.joined(node, life)
        self.ended("\(await node.untilStopped())", life)
      } catch {
        self.ended("\(error)", life)
      }
    }
  }

  private func joined(_ node: Node, _ life: Int) {
    if life == self.life, isUp { self.node = node }
  }

  private func ended(_ why: String, _ life: Int) {
    guard life == self.life, isUp else { return }
    simulation.story.tell("\(id) ends: \(why)")
    kill(silently: false, downFor: .milliseconds(Int64(world.randomNumber() % 950) + 50))
  }

  /// The process is gone, as it stands.
  func kill(silently: Bool, downFor: Duration) {
    guard isUp else { return }
    isUp = false
    node = nil
    // The machine's next process finds no pause of the last one.
    world.network.resume(id)
    world.network.crash(id, silently: silently)
    let life = life
    world.schedule(after: downFor) { [self] in if life == self.life { start() } }
  }

  func freeze(for time: Duration) {
    knowsItsTimeFrom = max(knowsItsTimeFrom, world.now + time + Self.afterAThaw)
    world.network.freeze(id)
  }

  func rollOut(downFor: Duration, withOtherVersion isUpgrade: Bool = false) {
    guard let node, let loop = loops.first else { return }
    // However it ends now, what is started next is the new program.
    if isUpgrade { version = Self.versions.first { $0 != version } ?? version }
    let life = life
    Task(executorPreference: loop) {
      await node.drain()
      guard life == self.life, self.isUp else { return }
      self.simulation.story.tell("\(self.id) has given everything away")
      self.kill(silently: false, downFor: downFor)
    }
  }
}
