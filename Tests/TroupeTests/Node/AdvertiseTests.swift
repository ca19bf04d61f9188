// A node that is known by another address than it listens on, as one behind a proxy is.
import Testing
import Troupe
import TroupeTesting

@Suite struct AdvertiseTests {
  static func start(advertise: [String], loops: Int = 1) async throws -> Node {
    try await Node.start(
      .init(cluster: "test", id: "n1", advertise: advertise.compactMap { SocketAddress($0) }, loops: loops, shardCount: 16),
      store: MemoryStore()
    ) { $0.register(Counter.self) }
  }

  @Test(.timeLimit(.minutes(1))) func everybodyElseGoesWhereItSays() async throws {
    // The proxy must know the node's port and the node the proxy's, so one of both is found by trying.
    var taken: (node: Node, proxy: FaultProxy)?
    for port in stride(from: 41_000, to: 42_000, by: 7) where taken == nil {
      let proxy = try FaultProxy.start(to: SocketAddress(host: "127.0.0.1", port: port))
      let configuration = NodeConfiguration(cluster: "test", id: "n1", port: port, advertise: [proxy.address], shardCount: 16)
      if let node = try? await Node.start(configuration, store: MemoryStore(), { $0.register(Counter.self) }) { taken = (node, proxy) }
    }
    let (node, proxy) = try #require(taken)
    #expect(node.addresses == [proxy.target.description])
    let client = try await Client.connect(to: [proxy.target], cluster: "test", name: "c1", tls: nil)
    // The client began at the node itself; the view sends it to the proxy, where calls can be spoilt.
    #expect(try await client.cluster.entity(Counter.self, "a").add(2) == 2)
    #expect(proxy.statistics.connections >= 1)
    #expect(try await client.cluster.status().nodes.map(\.address) == ["127.0.0.1"])

    proxy.faults = .both { $0.isHeld = true }
    let error = await #expect(throws: CallError.self) {
      try await client.cluster.entity(Counter.self, "a").within(.milliseconds(50)).add(1)
    }
    #expect(error?.code == .deadlineExceeded || error?.code == .unknownOutcome)
    proxy.heal()
    #expect(try await client.cluster.entity(Counter.self, "b").add(1) == 1)
    await client.close()
    await node.stop()
  }

  @Test func eachLoopNeedsAnAddressOfItsOwn() async throws {
    let tooFew = await #expect(throws: StartError.self) { try await Self.start(advertise: ["127.0.0.1:7000"], loops: 2) }
    #expect(tooFew?.description == "a node of 2 loops advertises as many addresses, not 1")
    let unknown = await #expect(throws: StartError.self) { try await Self.start(advertise: ["127.0.0.1:0"]) }
    #expect(unknown?.description == "127.0.0.1:0 cannot be advertised: others need to know the port")
  }
}
