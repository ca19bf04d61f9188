// A node of its own for a test, and a client that reaches it: over TCP on loopback, or in a simulated world.
import Testing
import Troupe
import TroupeTesting

/// The two grounds on which calls are held.
enum Ground: String, CaseIterable, CustomTestStringConvertible {
  case simulated, real
  var testDescription: String { rawValue }
}

/// Both doors to one cluster of one node.
struct NodeAndClient: Sendable {
  let node: Cluster
  let client: Cluster
  fileprivate let real: Ends?

  /// What the client calls itself.
  var clientName: String { real == nil ? "client" : "c1" }

  /// What has to be stopped.
  struct Ends: Sendable {
    let node: Node
    let client: Client
  }

  @Sendable private static func register(_ registry: inout Registry) {
    registry.register(Counter.self)
    registry.register(Ledger.self)
    registry.register(Feed.self)
    registry.register(Depot.self)
    registry.register(Relay.self)
  }

  /// Runs `body` with both up, on either ground: in the simulation on the client's loop.
  static func with(
    _ ground: Ground, loops: Int = 1, tracer: (any CallTracer)? = nil, _ body: @escaping @Sendable (NodeAndClient) async throws -> Void
  ) async throws {
    switch ground {
    case .simulated:
      let world = try SimulatedCluster(loops: loops, shardCount: 16, tracer: tracer, register: register)
      let node = try #require(world.nodes["n1"]).cluster
      try world.run { try await body(NodeAndClient(node: node, client: $0, real: nil)) }
    case .real:
      let pair = try await start(loops: loops, tracer: tracer)
      try await body(pair)
      await pair.stop()
    }
  }

  static func start(
    loops: Int = 1, role: PeerRole = .gateway, calls: CallPolicy = CallPolicy(), tracer: (any CallTracer)? = nil
  ) async throws -> NodeAndClient {
    var configuration = NodeConfiguration(cluster: "test", id: "n1", loops: loops, shardCount: 16)
    // One of the tests holds a loop for as long as it takes.
    configuration.turnLimit = nil
    // What is asked here is whether answers are right, and a sanitizer is slow: nothing is refused for being late.
    configuration.overload = .off
    configuration.tracer = tracer
    let node = try await Node.start(configuration, store: MemoryStore(), register)
    let client = try await Client.connect(
      to: node.addresses.compactMap { SocketAddress($0) }, cluster: "test", name: "c1", role: role, tls: nil, calls: calls, tracer: tracer)
    return NodeAndClient(node: node.cluster, client: client.cluster, real: Ends(node: node, client: client))
  }

  /// Of a real pair.
  var ends: Ends { real! }

  func stop() async {
    await ends.client.close()
    await ends.node.stop()
  }
}
