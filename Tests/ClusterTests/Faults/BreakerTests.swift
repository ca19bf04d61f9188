// A node that cannot be reached: a breaker ends calls to it by its name and leaves the node alone; with breakers off each call tries until
// its deadline. Two gateways, one of each kind, in front of the same cluster.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct BreakerTests {
    static let width = 8

    @Test(.timeLimit(.minutes(3)))
    func `an open breaker is named, and without breakers calls end by their deadline`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder)
      let without = try await GatewayByHand.start("without", of: cluster.up, folder, ["--breakers", "off"])
      let shoppers = [cluster.shopper, without.shopper]
      for shopper in shoppers { #expect(await shopper.add("mug", to: cluster.distant[0], key: "1") == .acknowledged) }

      try await cluster.proxy.tell("refuse")
      try await cluster.proxy.tell("reset")
      async let others = answers(shoppers[1], cluster)
      var opened: [Shopper.Problem] = []
      let isNamed = try await eventually(within: .seconds(30)) {
        opened += try await answers(shoppers[0], cluster)
        return opened.contains { $0.detail.contains("the breaker for node-2 is open") }
      }
      #expect(isNamed, "\(opened.map(\.detail))")
      #expect(cluster.up.log(of: "gateway").contains("the breaker for node-2 opens"))
      let tried = try await others
      #expect(tried.allSatisfy { !$0.detail.contains("breaker") }, "\(tried.map(\.detail))")
      for problem in opened + tried {
        #expect(["unavailable", "deadline-exceeded"].contains { problem.type.hasSuffix($0) } && problem.executed == "no", "\(problem)")
      }
      #expect(!without.log.contains("the breaker for"), "\(without.log)")
      try await expectReport(cluster)
      for shopper in shoppers { #expect(await shopper.add("mug", to: cluster.near[0], key: "near") == .acknowledged) }

      try await cluster.proxy.tell("heal")
      for shopper in shoppers { #expect(await shopper.add("mug", to: cluster.distant[0], key: "2") == .acknowledged) }
      #expect(try await cluster.shopper.contents(of: cluster.distant[0]) == ["mug": 2])
      await without.stop()
      await cluster.stop()
    }

    /// One call to each of some carts of the node that is gone.
    private func answers(_ shopper: Shopper, _ cluster: ProxiedCluster) async throws -> [Shopper.Problem] {
      try await concurrently(0..<Self.width, width: Self.width) {
        let answer = try await shopper.send(.GET, "/carts/\(cluster.distant[$0])")
        return try #require(answer.problem, "a node behind a closed door answered: \(answer.status)")
      }
    }

    /// A client of this process, which is told the same and can show it.
    private func expectReport(_ cluster: ProxiedCluster) async throws {
      let client = cluster.watcher.connection.cluster
      let contents = methodID(kind: "cart", name: "contents")
      var codes: Set<CallError.Code> = []
      let isOpen = await eventually(within: .seconds(30)) {
        do {
          let options = CallOptions(deadline: .milliseconds(200))
          _ = try await client.call(kind: "cart", id: cluster.distant[0], method: contents, isQuery: true, arguments: [], options: options)
        } catch {
          if let code = (error as? CallError)?.code { codes.insert(code) }
        }
        return codes.contains(.breakerOpen)
      }
      #expect(isOpen, "\(codes)")
      let report = await client.callReport()
      #expect(report.breakers.contains { $0.peer == ProxiedCluster.node && $0.openings > 0 }, "\(report)")
      #expect(report.counts.breakerRefusals > 0 && report.counts.breakerOpenings > 0)
    }
  }
}
