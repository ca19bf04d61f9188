// Three nodes over one store: shards move by joins, drains and deaths, and nothing that was acknowledged is lost.
import Testing
import Troupe

@Suite(.serialized) struct MovingTests {
  static func start(_ id: String, _ store: MemoryStore) async throws -> Node {
    try await Node.start(.init(cluster: "test", id: id, shardCount: 32), store: store) {
      $0.register(Counter.self)
      $0.register(Ledger.self)
    }
  }

  static func client(of nodes: [Node]) async throws -> Client {
    try await Client.connect(
      to: nodes.flatMap(\.addresses).compactMap { SocketAddress($0) }, cluster: "test", name: "c1", role: .operator, tls: nil)
  }

  /// Asks until the cluster looks as it should; the test's own time limit ends the wait.
  static func until(_ cluster: Cluster, _ condition: (ClusterStatus) -> Bool) async throws {
    while true {
      if let status = try? await cluster.status(), condition(status) { return }
      try Task.checkCancellation()
    }
  }

  @Test(.timeLimit(.minutes(1))) func shardsSpreadOverNewcomersAndDrainAway() async throws {
    let store = MemoryStore()
    let first = try await Self.start("n1", store)
    let client = try await Self.client(of: [first])
    let ledgers = (0..<100).map { client.cluster.entity(Ledger.self, "l\($0)") }
    for ledger in ledgers { _ = try await ledger.book(1) }

    let second = try await Self.start("n2", store)
    let third = try await Self.start("n3", store)
    var rounds = 1
    func writeToAll() async throws {
      for ledger in ledgers { _ = try await ledger.book(1) }
      rounds += 1
    }
    while true {
      try await writeToAll()
      let shards = try await client.cluster.status().nodes.map(\.shards)
      if shards.count == 3, shards.allSatisfy({ (9...13).contains($0) }) { break }
    }
    try await client.cluster.drain("n2")
    while try await client.cluster.status().nodes.first(where: { $0.id == "n2" })?.shards ?? 0 > 0 { try await writeToAll() }
    for ledger in ledgers { #expect(try await ledger.balance() == rounds) }
    await client.close()
    for node in [third, second, first] { await node.stop() }
  }

  @Test(.timeLimit(.minutes(1))) func aDeadNodesShardsAreServedAgain() async throws {
    let store = MemoryStore()
    let nodes = [try await Self.start("n1", store), try await Self.start("n2", store), try await Self.start("n3", store)]
    let client = try await Self.client(of: nodes)
    try await Self.until(client.cluster) { $0.nodes.count == 3 && $0.nodes.allSatisfy { $0.shards > 8 } }
    let ledgers = (0..<100).map { client.cluster.entity(Ledger.self, "l\($0)").within(.seconds(20)) }
    for ledger in ledgers { _ = try await ledger.book(1) }
    nodes[1].crash()
    for ledger in ledgers { #expect(try await ledger.book(2) == 3) }
    try await Self.until(client.cluster) { $0.nodes.count == 2 && $0.nodes.allSatisfy { $0.shards > 12 } }
    for ledger in ledgers { #expect(try await ledger.balance() == 3) }
    await client.close()
    await nodes[2].stop()
    await nodes[0].stop()
  }

  @Test(.timeLimit(.minutes(1))) func aRestartedNodeTakesItsOwnPlaceAgain() async throws {
    let store = MemoryStore()
    let first = try await Self.start("n1", store)
    _ = try await first.cluster.entity(Ledger.self, "x").book(7)
    await first.stop()
    let again = try await Self.start("n1", store)
    #expect(try await again.cluster.entity(Ledger.self, "x").balance() == 7)
    await again.stop()
  }

  @Test(.timeLimit(.minutes(1))) func aLeavingNodeGivesEverythingAway() async throws {
    let store = MemoryStore()
    let nodes = [try await Self.start("n1", store), try await Self.start("n2", store)]
    let client = try await Self.client(of: nodes)
    try await Self.until(client.cluster) { $0.nodes.count == 2 && $0.nodes.allSatisfy { $0.shards == 16 } }
    for number in 0..<50 { _ = try await client.cluster.entity(Ledger.self, "l\(number)").book(1) }
    await nodes[0].drain()
    await nodes[0].stop()
    for number in 0..<50 { #expect(try await client.cluster.entity(Ledger.self, "l\(number)").book(1) == 2) }
    let status = try await client.cluster.status()
    #expect(status.nodes.map(\.id) == ["n2"])
    await client.close()
    await nodes[1].stop()
  }
}
