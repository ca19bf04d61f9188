// A peer that is denied while its link lives, and a method that it may not call: cut or refused by name. A node without these rules, in
// the same cluster, goes on serving it.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct DenialTests {
    static let rules = """
      deny gateway/* cart clear
      deny operator/* cart remove
      allow */* * *
      """

    @Test(.timeLimit(.minutes(2)))
    func `a rule refuses a method before its arguments are read, and a deny-list cuts a link that lives`() async throws {
      let folder = try TemporaryFolder()
      let (denied, rules) = (folder.path + "/denied", folder.path + "/rules")
      try "# nobody yet\n".write(toFile: denied, atomically: true, encoding: .utf8)
      try Self.rules.write(toFile: rules, atomically: true, encoding: .utf8)
      let cluster = try await ProxiedCluster.start(folder, ["--deny-list", denied, "--access", rules])
      let (shopper, distant, near) = (cluster.shopper, cluster.distant[0], cluster.near[0])
      for cart in [distant, near] { #expect(await shopper.add("mug", to: cart, key: "1") == .acknowledged) }

      // Access: the same request to a cart of the node with rules, and to one of the node without.
      let refused = try #require(try await shopper.send(.DELETE, "/carts/\(distant)").problem)
      #expect(refused.status == 403 && refused.type.hasSuffix("refused"), "\(refused)")
      #expect(refused.detail.contains("gateway gateway may not call cart.clear"), "\(refused)")
      #expect(try await shopper.send(.DELETE, "/carts/\(near)").status == 200)
      #expect(try await shopper.contents(of: distant) == ["mug": 1])
      #expect(try await garbage(to: distant, cluster) == .refused, "before the arguments are read")
      #expect(try await garbage(to: near, cluster) == .badArguments)

      // The deny-list, while the gateway's link lives.
      try "spiffe://\(UpPlan.cluster)/gateway/gateway\n".write(toFile: denied, atomically: true, encoding: .utf8)
      let isCut = await eventually(within: .seconds(15)) { cluster.node.log.contains("the link with gateway gateway/0 ended: denied:") }
      #expect(isCut, "\(cluster.node.log)")
      let answer = try await shopper.addOnce("mug", to: distant, key: "2")
      let problem = try #require(answer.problem, "a denied gateway was served: \(answer.status)")
      #expect(["unavailable", "deadline-exceeded"].contains { problem.type.hasSuffix($0) }, "\(problem)")
      #expect(await shopper.add("mug", to: near, key: "2") == .acknowledged, "others do not mind")
      try "# nobody any more\n".write(toFile: denied, atomically: true, encoding: .utf8)
      #expect(await shopper.add("mug", to: distant, key: "2") == .acknowledged)
      #expect(try await shopper.contents(of: distant) == ["mug": 2])
      await cluster.stop()
    }

    /// What an operator hears who sends bytes that are no arguments.
    private func garbage(to cart: String, _ cluster: ProxiedCluster) async throws -> CallError.Code? {
      let method = methodID(kind: "cart", name: "remove")
      do {
        _ = try await cluster.watcher.connection.cluster.call(
          kind: "cart", id: cart, method: method, isQuery: false, isRepeatable: true, arguments: [0xff, 0xff, 0xff])
        return nil
      } catch let error as CallError {
        return error.code
      }
    }
  }
}
