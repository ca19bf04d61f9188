// Whole clusters of real nodes with real entity code, in one thread and in virtual time: the same seed, the same history. Only
// loops, network and store are doubles. With one node it is the quickest way to test one entity.
import Troupe

/// A cluster in a simulated world, and a client outside of it.
///
/// ```swift
/// let cluster = try SimulatedCluster { $0.register(Cart.self) }
/// try cluster.run { shop in
///   try await shop.entity(Cart.self, "alice").add("mug")
/// }
/// ```
public final class SimulatedCluster {
  public let world: SimulatedWorld
  public let store: any Store
  public private(set) var nodes: [String: Node] = [:]
  private let register: @Sendable (inout Registry) -> Void
  private let shardCount: Int
  private let calls: CallPolicy
  private let identities: IdentityPolicy
  private let snapshots: SnapshotPolicy
  private let archive: (any RecordArchive)?
  private let tracer: (any CallTracer)?
  private let balance: BalancePolicy?
  private let log: Log
  private var loops: [String: [SimulatedLoop]] = [:]
  private var starts = 0
  private var clientLoop: SimulatedLoop
  private var clients = 1
  private var client: Client!

  /// Starts `nodes` nodes, named n1, n2 …, each with `loops` loops, and waits until they serve. `tracer` hears of all of them and of the
  /// client: a span says whose it is. Loads are not balanced unless `balance` says so: most tests want shards to stay where they are.
  public init(
    nodes count: Int = 1, loops: Int = 1, shardCount: Int = 64, seed: UInt64 = 1, store: any Store = MemoryStore(),
    calls: CallPolicy = CallPolicy(), identities: IdentityPolicy = .unsigned, snapshots: SnapshotPolicy = SnapshotPolicy(),
    archive: (any RecordArchive)? = nil, tracer: (any CallTracer)? = nil, balance: BalancePolicy? = nil, log: Log = .silent,
    register: @escaping @Sendable (inout Registry) -> Void
  ) throws {
    world = SimulatedWorld(seed: seed)
    self.store = store
    self.register = register
    self.shardCount = shardCount
    self.calls = calls
    self.identities = identities
    self.snapshots = snapshots
    self.archive = archive
    self.tracer = tracer
    self.balance = balance
    self.log = log
    clientLoop = world.makeLoop(host: "client")
    for number in 1...count { try start("n\(number)", loops: loops) }
    try connect()
  }

  private func connect() throws {
    let (calls, tracer) = (calls, tracer)
    let seeds = nodes.values.flatMap(\.addresses).sorted().compactMap { SocketAddress($0) }
    let loop = clientLoop
    // An operator, so that a test may also drain nodes and read histories.
    client = try world.run(on: loop) {
      try await Client.connect(
        to: seeds, cluster: "sim", name: "client", role: .operator, tls: nil, on: [loop], calls: calls, limit: .seconds(60),
        tracer: tracer, log: .silent)
    }
  }

  /// Goes on with a new client: when every node has ended and others have started, the old one knows nobody any more.
  public func connectAnew() throws {
    clients += 1
    clientLoop = world.makeLoop(host: "client.\(clients)")
    try connect()
  }

  /// Starts a node, or starts it again after `crash`, as a new incarnation.
  ///
  /// - Parameter other: what this node registers instead of what the others do: another version of the program.
  public func start(
    _ id: String, loops count: Int = 1, heldBackEvents: [String: Int] = [:], as other: (@Sendable (inout Registry) -> Void)? = nil
  ) throws {
    starts += 1
    let host = "\(id).\(starts)"
    let loops = (0..<count).map { world.makeLoop(host: host, index: $0) }
    let (store, register) = (store, other ?? register)
    var configuration = NodeConfiguration(
      cluster: "sim", id: id, host: host, loops: count, shardCount: shardCount, startLimit: .seconds(60), calls: calls)
    configuration.identities = identities
    configuration.snapshots = snapshots
    configuration.archive = archive
    configuration.tracer = tracer
    configuration.heldBackEvents = heldBackEvents
    configuration.balance = balance
    nodes[id] = try world.run(on: loops[0]) { [configuration, log] in
      try await Node.start(configuration, on: loops, store: store, log: log, register)
    }
    self.loops[id] = loops
  }

  /// Lets a node give everything away and leave, as in a roll-out.
  public func drain(_ id: String) throws {
    guard let node = nodes[id], let loop = loops[id]?.first else { return }
    try world.run(on: loop) { await node.drain() }
    crash(id)
  }

  /// Ends a node as `kill -9` would: nothing is flushed, nobody is told.
  public func crash(_ id: String) {
    guard let gone = loops.removeValue(forKey: id), let host = gone.first?.host else { return }
    nodes[id] = nil
    world.network.crash(host)
    for loop in gone { loop.stop() }
  }

  /// Runs a client's code, and the world with it until it has ended.
  public func run<Value: Sendable>(
    limit: Duration = .seconds(600), _ body: @escaping @Sendable (Cluster) async throws -> Value
  ) throws -> Value {
    let cluster = client.cluster
    return try world.run(on: clientLoop, limit: limit) { try await body(cluster) }
  }

  /// Starts a client's code, which goes on whenever the world does.
  public func runBeside(_ body: @escaping @Sendable (Cluster) async -> Void) {
    let cluster = client.cluster
    Task(executorPreference: clientLoop) { await body(cluster) }
  }

  /// Lets time pass: timers fire, idle entities leave memory, members beat.
  public func advance(by duration: Duration) { world.run(for: duration) }
}
