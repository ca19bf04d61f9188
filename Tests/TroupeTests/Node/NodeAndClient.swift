// A node of its own for a test, and a client that reaches it over TCP on loopback.
import Troupe

struct NodeAndClient {
  let node: Node
  let client: Client

  static func start(loops: Int = 1, store: any Store = MemoryStore()) async throws -> NodeAndClient {
    let node = try await Node.start(.init(cluster: "test", id: "n1", loops: loops, shardCount: 16), store: store) {
      $0.register(Counter.self)
      $0.register(Ledger.self)
    }
    let client = try await Client.connect(
      to: node.addresses.compactMap { SocketAddress($0) }, cluster: "test", name: "c1", tls: nil)
    return NodeAndClient(node: node, client: client)
  }

  func stop() async {
    await client.close()
    await node.stop()
  }
}
