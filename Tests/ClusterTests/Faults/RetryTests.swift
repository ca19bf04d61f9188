// Calls that are lost with their connection: sent again within a budget, never, or without end. Three gateways, one of each kind, in front
// of the same node.

import AsyncHTTPClient
import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct RetryTests {
    /// Requests at once.
    static let few = 8
    static let many = 64

    @Test(.timeLimit(.minutes(3)))
    func `lost calls are sent again within a budget; with retries off nobody knows, and unlimited ones know no budget`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder)
      func gateway(_ retries: String) async throws -> GatewayByHand {
        try await GatewayByHand.start(retries, of: cluster.up, folder, ["--breakers", "off", "--retries", retries])
      }
      var wide = HTTPClient.Configuration()
      wide.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.many
      let http = HTTPClient(configuration: wide)
      let (on, off, unlimited) = (try await gateway("on"), try await gateway("off"), try await gateway("unlimited"))
      for gateway in [on, off, unlimited] { #expect(await gateway.shopper.add("mug", to: cluster.distant[0], key: "1") == .acknowledged) }

      // Connections that are reset now and then, with calls on them: what is safe is sent again, and its caller does not notice.
      try await cluster.proxy.tell("delay 20ms")
      var (kept, lost) = ([Shopper.Problem](), [Shopper.Problem]())
      let isLost = try await eventually(within: .seconds(30)) {
        async let first = answers(on.shopper, cluster, Self.few)
        async let second = answers(off.shopper, cluster, Self.few)
        try await cluster.proxy.tell("reset")
        kept += try await first
        lost += try await second
        return lost.contains { $0.detail.contains("went away before it answered") }
      }
      #expect(isLost, "\(lost.map(\.detail))")
      #expect(kept.isEmpty, "\(kept.map(\.detail))")
      #expect(lost.allSatisfy { $0.type.hasSuffix("unknown-outcome") && $0.executed == "maybe" }, "\(lost)")

      // Connections that never last: nobody sends without end what is lost without end, unless he is told to.
      try await cluster.proxy.tell("reset-after 4KB")
      var (limited, endless) = ([Shopper.Problem](), [Shopper.Problem]())
      let isSpent = try await eventually(within: .seconds(60)) {
        async let first = answers(Shopper(on.shopper.gateway, http: http), cluster, Self.many)
        async let second = answers(Shopper(unlimited.shopper.gateway, http: http), cluster, Self.many)
        limited += try await first
        endless += try await second
        return limited.contains { $0.detail.contains("the retry budget for cart is spent") }
      }
      #expect(isSpent, "\(Set(limited.map(\.detail)))")
      #expect(!endless.contains { $0.detail.contains("budget") }, "\(Set(endless.map(\.detail)))")

      try await cluster.proxy.tell("heal")
      for gateway in [on, off, unlimited] {
        #expect(await gateway.shopper.add("mug", to: cluster.distant[0], key: "2") == .acknowledged)
        await gateway.stop()
      }
      #expect(try await cluster.shopper.contents(of: cluster.distant[0]) == ["mug": 2])
      try await http.shutdown()
      await cluster.stop()
    }

    /// Asks for a cart of the node behind the proxy so many times at once; what was not answered.
    private func answers(_ shopper: Shopper, _ cluster: ProxiedCluster, _ width: Int) async throws -> [Shopper.Problem] {
      try await concurrently(0..<width, width: width) { try await shopper.send(.GET, "/carts/\(cluster.distant[$0 % 40])").problem }
        .compactMap(\.self)
    }
  }
}
