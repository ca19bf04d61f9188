// A new version gets a share of the shards, more of them, and none; when its node dies the others have them.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct TrialTests {
    private struct Place: Decodable {
      let shard: Int
      let owner: String?
      let onTrial: Bool?
    }

    private func places(_ up: UpProcess) async throws -> [Place] {
      let shards = try await Shopstream.run(["shards", "--json", "--data", up.data])
      return try JSONDecoder().decode([Place].self, from: Data(shards.output.utf8))
    }

    private func shards(of node: String, _ up: UpProcess) async throws -> Set<Int> {
      Set(try await places(up).filter { $0.owner == node }.map(\.shard))
    }

    private func place(_ arguments: [String], _ up: UpProcess) async throws -> Shopstream.Result {
      try await Shopstream.run(["place"] + arguments + ["--data", up.data])
    }

    @Test(.timeLimit(.minutes(3)))
    func `a version gets the share that it was given, and loses it with its node`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(up.gateway)
      for number in 0..<40 { _ = await shopper.add("mug", to: "t\(number)", key: "k\(number)") }

      let ordered = try await place(["2.1", "10"], up)
      #expect(ordered.code == 0, "\(ordered.errors)")
      #expect(
        ordered.output.hasPrefix(
          "From now on 10 % of the shards belong to version 2.1; nothing moves.\nNo node that may own shards runs 2.1 yet"),
        "\(ordered.output)")
      let node = try await NodeProcess.start(
        "node-4", of: up, port: try NodeProcess.freePort(), ["--app-version", "2.1"], log: folder.path + "/node-4.log")
      // 921 for three, and 103 for one.
      let isShared = try await eventually(within: .seconds(30)) {
        let all = try await places(up)
        return (1...4).map { number in all.count { $0.owner == "node-\(number)" } } == [307, 307, 307, 103]
      }
      #expect(isShared, "\(node.log)")
      let first = try await shards(of: "node-4", up)
      #expect(Set(try await places(up).filter { $0.onTrial == true }.map(\.shard)) == first)

      let widened = try await place(["2.1", "25"], up)
      #expect(widened.output.hasPrefix("From now on 25 % of the shards belong to version 2.1; "), "\(widened)")
      #expect(try await eventually(within: .seconds(30)) { try await shards(of: "node-4", up).count == 256 })
      #expect(try await shards(of: "node-4", up).isSuperset(of: first))
      #expect(try await place([], up).output == "25 % of the shards (256) belong to version 2.1, the others to other versions.\n")
      let plan = try await Shopstream.run(["rebalance", "--dry-run", "--data", up.data])
      #expect(plan.output.contains("version 2.1 is on trial"), "\(plan.output)\(plan.errors)")
      let own = try #require(try await shards(of: "node-1", up).min())
      let moved = try await Shopstream.run(["move", "\(own)", "node-4", "--data", up.data])
      #expect(moved.code == 1 && moved.errors.contains("belongs to nodes that do not run it"), "\(moved.output)\(moved.errors)")

      #expect(kill(node.command.identifier, SIGKILL) == 0)
      #expect(try await eventually(within: .seconds(30)) { try await !places(up).contains { $0.owner == "node-4" || $0.owner == nil } })
      for number in 0..<40 { #expect(try await shopper.contents(of: "t\(number)") == ["mug": 1]) }
      let over = try await place(["--off"], up)
      #expect(over.code == 0 && over.output == "From now on versions do not matter for placement; nothing moves.\n", "\(over)")
      #expect(try await place([], up).output == "Shards are placed whatever versions nodes run.\n")
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is no share is refused in one sentence`() async throws {
      for (arguments, words) in [
        (["2.1"], "Give a version and a percentage"), (["2.1", "101"], "A share is 0 to 100 percent, not 101."),
        (["--off", "2.1", "5"], "Give a version and a percentage"), (["--dry-run"], "--dry-run needs an order"),
      ] {
        let refused = try await Shopstream.run(["place"] + arguments)
        #expect(refused.code == 64 && refused.errors.contains(words), "\(refused.code) \(refused.errors)")
      }
    }
  }
}
