// An entity's door to the world: everything it may read or start goes through here, so that a whole cluster of real entities
// can run in deterministic simulation.
import Synchronization

/// Who the entity is, and its clock, randomness and references to others. Made by the runtime; kept by the entity.
public final class EntityContext: Sendable {
  public let id: String
  let home: StageHome

  init(id: String, home: StageHome) {
    self.id = id
    self.home = home
  }

  /// The loop that runs this entity, as its executor.
  public var executor: UnownedSerialExecutor { home.executor }

  /// The start of the loop's current pass: monotonic, the same for everything that one turn does.
  public var now: Instant { home.loop.now }

  /// The time of day, for what people read; it may jump, so nothing is decided on it.
  public var wallClock: WallTime { home.loop.wallClock() }

  /// From the loop's generator: seeded in a simulation.
  public func random() -> UInt64 { home.loop.random() }

  /// In whose name the running turn was called; nil when nobody said. Where the node takes only signed identities, a gateway has made
  /// sure of it.
  public var caller: String? { identity?.subject }

  /// What that user is, by the gateway's word; empty when nobody signed it.
  public var callerRoles: [String] { identity?.roles ?? [] }

  private var identity: CallerIdentity? {
    // A task that a turn has left behind asks from any thread; it has its turn with it.
    if home.isHere, let turn = home.stage.value.synchronousTurn { return turn.caller }
    return TurnInfo.current?.identity
  }

  /// Where the running turn belongs in a trace; nil when its call said nothing. What the turn calls carries it on by itself.
  public var trace: TraceContext? {
    if home.isHere, let turn = home.stage.value.synchronousTurn { return turn.trace }
    return TurnInfo.current?.trace
  }

  /// Another entity. Calls made during a turn inherit its deadline, its caller, its trace and its chain.
  public func entity<E: Entity>(_ kind: E.Type, _ id: String) -> E.Ref {
    home.isHere ? home.stage.value.cluster.entity(kind, id) : home.entityFromElsewhere(kind, id)
  }
}

extension Entity {
  /// Runs `work` on this entity after `delay`, unless it has left memory by then: timers of this kind do not survive a move or
  /// a crash. The returned timer can be cancelled from the entity's own turns.
  @discardableResult
  public func after(_ delay: Duration, _ work: @escaping @Sendable (isolated Self) -> Void) -> LoopBound<LoopTimer> {
    let loop = context.home.loop
    let timer = loop.schedule(after: delay) { [weak self] in
      guard let self else { return }
      self.assumeIsolated { work($0) }
    }
    return LoopBound(timer, on: loop)
  }
}

/// What all entities of one loop share. One pointer in each context instead of four.
final class StageHome: Sendable {
  let loop: any EventLoop
  private let token: LoopToken
  let executor: UnownedSerialExecutor
  let stage: LoopBound<Stage>
  let floor: StageFloor
  /// Of which this is a twin.
  private let origin: Unmanaged<StageHome>?

  init(stage: Stage) {
    loop = stage.loop
    token = stage.loop.token
    executor = stage.loop.asUnownedSerialExecutor()
    self.stage = LoopBound(stage, on: stage.loop)
    floor = StageFloor(executor)
    origin = nil
  }

  /// The same home as an object of its own: see `Cluster.init`.
  init(twin other: StageHome) {
    loop = other.loop
    token = other.token
    executor = other.executor
    stage = other.stage
    floor = other.floor
    origin = other.uncounted
  }

  /// For work that goes to this home's loop: counted here and there, references to it would cost more than the work. Sound because a
  /// stage keeps its home, and lives until its loop has dropped what was handed to it.
  var uncounted: Unmanaged<StageHome> { origin ?? .passUnretained(self) }

  /// The stage's cluster, for tasks of entities that run on other threads.
  private let cluster = Mutex<Cluster?>(nil)

  /// Told calls on their way to this loop from other threads: bounded as those that it follows.
  private let toldComing = Atomic(0)

  func admitTold() -> Bool {
    if toldComing.add(1, ordering: .relaxed).newValue <= TellLimits.open { return true }
    toldArrived()
    loop.execute { self.stage.value.counters.toldLost += 1 }
    return false
  }

  func toldArrived() { toldComing.subtract(1, ordering: .relaxed) }

  func open(_ cluster: Cluster) { self.cluster.withLock { $0 = cluster } }

  func entityFromElsewhere<E: Entity>(_ kind: E.Type, _ id: String) -> E.Ref {
    guard let cluster = cluster.withLock({ $0 }) else { preconditionFailure("an entity ran before its stage had a cluster") }
    return cluster.entity(kind, id)
  }

  /// Whether the caller runs on this loop.
  var isHere: Bool { CurrentLoop.token == token }
}
