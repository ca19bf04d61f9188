// A line that is narrow, and one that is stuck: chunks, compression, hedging and the bound of calls in flight, each with and without, to the
// same node through the same proxy. The clients are of this process, for no door lets anybody send what shows these.

import Foundation
import Synchronization
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct NarrowLineTests {
    /// Nothing makes it smaller; so long that the buffers on the way cannot hold it.
    static let noise: [UInt8] = {
      var seed = Seed(for: "noise")
      return (0..<12 << 20).map { _ in UInt8.random(in: 0x80...255, using: &seed) }
    }()
    static let compressible = 600 << 10
    static let burst = 20
    static let inFlight = 8

    @Test(.timeLimit(.minutes(3)))
    func `chunks, compression, hedges and the bound of calls in flight each change what becomes of a call`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder, ["--identities", "unsigned"])
      try await chunks(cluster)
      try await compression(cluster)
      try await hedging(cluster)
      try await bound(cluster)
      await cluster.stop()
    }

    /// With chunks a small call passes a large one by; without, it comes after it.
    private func chunks(_ cluster: ProxiedCluster) async throws {
      for (hasChunks, order) in [(true, ["small", "large"]), (false, ["large", "small"])] {
        try await with(cluster, links: { if !hasChunks { $0.features.subtract(.chunks) } }) { client in
          try await cluster.proxy.tell("rate 4MB")
          let (ends, end) = AsyncStream<String>.makeStream()
          await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: client.loop) {
              _ = await self.push(client, cluster.distant[0], Self.noise, deadline: .seconds(20))
              end.yield("large")
            }
            group.addTask(executorPreference: client.loop) {
              await self.untilUnderWay(client)
              let code = await self.ask(client, cluster.distant[1], CallOptions(deadline: .seconds(20)))
              end.yield(code?.rawValue ?? "small")
            }
          }
          end.finish()
          #expect(await ends.reduce(into: []) { $0.append($1) } == order, "chunks: \(hasChunks)")
        }
      }
    }

    /// What is easily made smaller comes through a narrow line in time.
    private func compression(_ cluster: ProxiedCluster) async throws {
      for compression in [LinkPolicy.Compression.always, .off] {
        try await with(cluster, links: { $0.compression = compression }) { client in
          try await cluster.proxy.tell("rate 64KB")
          let bytes = [UInt8](repeating: 0x55, count: Self.compressible)
          let end = await push(client, cluster.distant[0], bytes, deadline: .seconds(4))
          #expect(end == (compression == .always ? nil : .deadlineExceeded), "\(compression): the node looks at it, or never sees it whole")
        }
      }
    }

    /// A query that is stuck behind others takes a second way.
    private func hedging(_ cluster: ProxiedCluster) async throws {
      for allows in [true, false] {
        try await with(cluster, calls: { $0.allowsHedging = allows }) { client in
          try await cluster.proxy.tell("rate 32KB")
          async let stuck = push(client, cluster.distant[0], Self.noise, deadline: .seconds(4))
          await untilUnderWay(client)
          var options = CallOptions(deadline: .seconds(2))
          options.hedgeAfter = .milliseconds(50)
          let end = await ask(client, cluster.distant[1], options)
          #expect(end == (allows ? nil : .deadlineExceeded), "hedges: \(allows)")
          #expect(await client.cluster.callReport().counts.hedges == (allows ? 1 : 0))
          _ = await stuck
        }
      }
    }

    /// Past its bound a caller hears at once that there is no room.
    private func bound(_ cluster: ProxiedCluster) async throws {
      for limit in [Self.inFlight, LinkPolicy().callsInFlight] {
        try await with(cluster, links: { $0.callsInFlight = limit }) { client in
          try await cluster.proxy.tell("cut")
          let ends = await concurrently(0..<Self.burst, width: Self.burst) { number in
            await ask(client, cluster.distant[number], CallOptions(deadline: .seconds(2)))
          }
          let refused = ends.count { $0 == .overloaded }
          #expect(refused == max(0, Self.burst - limit), "\(ends)")
          #expect(ends.count { $0 == .deadlineExceeded } == min(Self.burst, limit), "\(ends)")
        }
      }
    }

    // MARK: Clients

    /// A client that has a link to the node behind the proxy, which has no faults yet.
    private func with(
      _ cluster: ProxiedCluster, calls set: (inout CallPolicy) -> Void = { _ in }, links change: (inout LinkPolicy) -> Void = { _ in },
      _ body: (Client) async throws -> Void
    ) async throws {
      var (calls, links) = (CallPolicy(), LinkPolicy())
      calls.breakers = nil
      set(&calls)
      change(&links)
      let tls = try TLSContext.load(.operator, from: DataDirectory(cluster.up.data), trustDomain: UpPlan.cluster)
      let client = try await Client.connect(
        to: cluster.up.nodes[0].addresses.compactMap { SocketAddress($0) }, cluster: UpPlan.cluster, name: "operator", role: .operator,
        tls: tls, calls: calls, links: links)
      let isThere = await eventually { await ask(client, cluster.distant[0], CallOptions(deadline: .seconds(5))) == nil }
      #expect(isThere)
      do { try await body(client) } catch { Issue.record(error) }
      try await cluster.proxy.tell("heal")
      await client.close()
    }

    private func ask(_ client: Client, _ cart: String, _ options: CallOptions) async -> CallError.Code? {
      await code {
        _ = try await client.cluster.call(
          kind: "cart", id: cart, method: methodID(kind: "cart", name: "contents"), isQuery: true, arguments: [], options: options)
      }
    }

    /// Large arguments, right or wrong: the node says so once it has them whole.
    private func push(_ client: Client, _ cart: String, _ bytes: [UInt8], deadline: Duration) async -> CallError.Code? {
      await code {
        _ = try await client.cluster.call(
          kind: "cart", id: cart, method: methodID(kind: "cart", name: "remove"), isQuery: false, isRepeatable: false, arguments: bytes,
          options: CallOptions(deadline: deadline))
      }
    }

    /// Until a large call has left as far as it may: what is asked then is behind it.
    private func untilUnderWay(_ client: Client) async {
      let isUnderWay = await eventually { await client.cluster.transportReport().links.contains { $0.queuedBytes > 1 << 20 } }
      #expect(isUnderWay)
    }

    private func code(_ call: () async throws -> Void) async -> CallError.Code? {
      do {
        try await call()
        return nil
      } catch {
        return (error as? CallError)?.code ?? .unknownOutcome
      }
    }
  }
}
