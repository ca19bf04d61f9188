// A rule that asks for a role of the end user, on real processes: who has it empties a cart, who has not is refused by name; where there
// is no such rule, anybody may.

import Foundation
import NIOCore
import Testing

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct RoleTests {
    private static let rules = """
      allow node/* * *
      allow gateway/* cart clear user:support
      deny gateway/* cart clear
      allow */* * *
      """
    private static let carts = (0..<100).map { "cart-\($0)" }

    @Test(.timeLimit(.minutes(2)))
    func `only support empties carts of the node with the rule`() async throws {
      let folder = try TemporaryFolder()
      let rules = folder.path + "/rules"
      try Self.rules.write(toFile: rules, atomically: true, encoding: .utf8)
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let node = try await NodeProcess.start(
        "node-2", of: up, port: NodeProcess.freePort(), ["--access", rules], log: folder.path + "/node-2.log")
      let watcher = try await Operator(up)
      // Half of the shards move there. While they do, who is asked where a cart is may be a moment behind.
      let shares = try await eventually(within: .seconds(60)) {
        let there = try await watcher.carts(Self.carts, of: "node-2").count
        let atRest = try await watcher.sharesAreAtRest()
        return there >= 20 && atRest
      }
      try #require(shares, "\(node.log)")
      let shopper = Shopper(up.gateway)
      let ruled = try #require(try await watcher.carts(Self.carts, of: "node-2").first)
      #expect(await shopper.add("mug", to: ruled, key: ruled) == .acknowledged)

      for user in ["alice customer", "alice"] {
        let problem = try #require(try await Self.clear(ruled, as: user, shopper).problem, "\(user) was served")
        #expect(problem.status == 403 && problem.type.hasSuffix("refused"), "\(problem)")
        #expect(problem.detail.contains("may not call cart.clear for a user without the role support"), "\(problem)")
      }
      let nobody = try #require(try await shopper.send(.DELETE, "/carts/\(ruled)").problem)
      #expect(nobody.status == 403 && nobody.detail.contains("the role support"), "\(nobody)")
      #expect(try await shopper.contents(of: ruled) == ["mug": 1])
      #expect(try await Self.clear(ruled, as: "bob customer support", shopper).status == 200)
      #expect(try await shopper.contents(of: ruled).isEmpty)
      // Where there is no rule the same request is served.
      let free = try #require(try await watcher.carts(Self.carts, of: "node-1").first)
      #expect(await shopper.add("mug", to: free, key: free) == .acknowledged)
      #expect(try await Self.clear(free, as: "alice customer", shopper).status == 200)
      #expect(try await shopper.contents(of: free).isEmpty)

      let unsigned = try await Shopstream.run(
        ["node", "--id", "node-2", "--data", up.data, "--access", rules, "--identities", "unsigned"])
      #expect(unsigned.code != 0 && unsigned.errors.contains("names that nobody has signed"), "\(unsigned.errors)")
      await watcher.close()
      #expect(await node.command.stop() == 0)
      #expect(await up.stop() == 0)
    }

    private static func clear(_ cart: String, as user: String, _ shopper: Shopper) async throws -> Shopper.Answer {
      try await shopper.send(.DELETE, "/carts/\(cart)", headers: [("X-Shopstream-As", user)])
    }
  }
}
