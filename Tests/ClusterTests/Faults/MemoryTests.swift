// Fault 11, memory: a node that may have little more than it has, and more large calls at once than it has room for. What there is no room
// for is refused by name, and the node lives on.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct MemoryTests {
    /// Nothing makes it smaller.
    static let noise: [UInt8] = {
      var seed = Seed(for: "memory")
      return (0..<15 << 20).map { _ in UInt8.random(in: 0x80...255, using: &seed) }
    }()
    static let clients = 8
    /// As many as one link has under way at once.
    static let callsAClient = 4
    /// What messages that are still arriving may take of a loop, and something for the rest of the process.
    static let room = (256 << 20) + (160 << 20)

    @Test(.timeLimit(.minutes(2)))
    func `large calls that there is no memory for are refused, and the node stays within its limit`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder, ["--identities", "unsigned"])
      let before = cluster.figures.memory
      try await ProcessLimit.setData(cluster.figures.data + Self.room, of: cluster.node.command.identifier)
      var clients: [Client] = []
      for _ in 0..<Self.clients { clients.append(try await client(of: cluster)) }
      let sent = clients
      // So narrow that all of them are arriving at the same time, and nearly whole at the same time.
      try await cluster.proxy.tell("rate 12MB")
      let ends = await concurrently(0..<Self.clients * Self.callsAClient, width: Self.clients * Self.callsAClient) {
        await push(sent[$0 / Self.callsAClient], cluster.distant[$0])
      }
      let refused = ends.count { $0 == .overloaded }
      #expect(refused >= ends.count - 256 / 15, "\(ends)")
      #expect(refused < ends.count, "what there is room for is taken: \(ends)")
      let taken = cluster.figures.mostMemory - before
      print("\(refused) of \(ends.count) refused; \(taken >> 20) MiB taken")
      #expect(taken < Self.room)
      try await cluster.proxy.tell("heal")
      for client in clients { await client.close() }
      for cart in cluster.distant.prefix(3) { #expect(await cluster.shopper.add("mug", to: cart, key: "after") == .acknowledged) }
      await cluster.stop()
    }

    private func client(of cluster: ProxiedCluster) async throws -> Client {
      var calls = CallPolicy()
      calls.breakers = nil
      let tls = try TLSContext.load(.operator, from: DataDirectory(cluster.up.data), trustDomain: UpPlan.cluster)
      let client = try await Client.connect(
        to: cluster.up.nodes[0].addresses.compactMap { SocketAddress($0) }, cluster: UpPlan.cluster, name: "operator", role: .operator,
        tls: tls, calls: calls)
      _ = try await client.cluster.call(
        kind: "cart", id: cluster.distant[0], method: methodID(kind: "cart", name: "contents"), isQuery: true, arguments: [],
        options: CallOptions())
      return client
    }

    /// Arguments that the node would find wrong, once it has them whole.
    private func push(_ client: Client, _ cart: String) async -> CallError.Code? {
      do {
        _ = try await client.cluster.call(
          kind: "cart", id: cart, method: methodID(kind: "cart", name: "remove"), isQuery: false, isRepeatable: false,
          arguments: Self.noise, options: CallOptions(deadline: .seconds(20)))
        return nil
      } catch {
        return (error as? CallError)?.code ?? .unknownOutcome
      }
    }
  }
}
