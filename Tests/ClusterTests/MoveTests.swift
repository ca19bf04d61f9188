// `move` and `rebalance` against a running cluster: one shard, two operators at once, and a node with all the calls.

import Foundation
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct MoveTests {
    private struct Place: Decodable {
      let shard: Int
      let owner: String?
      let pin: String?
      let wish: String?
    }

    /// Of what goes on beside.
    private final class End: Sendable {
      let isReached = Atomic(false)
    }

    private func places(_ up: UpProcess) async throws -> [Place] {
      let shards = try await Shopstream.run(["shards", "--json", "--data", up.data])
      return try JSONDecoder().decode([Place].self, from: Data(shards.output.utf8))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a shard is brought to a node once, and two operators at once are both told the truth`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let before = try await places(up)
      let own = before.filter { $0.owner == "node-1" }.map(\.shard)
      let (shard, other) = (own[0], own[1])

      let planned = try await Shopstream.run(["move", "\(shard)", "node-2", "--dry-run", "--data", up.data])
      #expect(planned.code == 0 && planned.output.hasPrefix("To bring shard \(shard) to node-2, "), "\(planned.output)\(planned.errors)")
      #expect(try await places(up)[shard].owner == "node-1")
      let moved = try await Shopstream.run(["move", "\(shard)", "node-2", "--data", up.data])
      #expect(moved.code == 0 && moved.output == "Shard \(shard) is at node-2, and was at node-1.\n", "\(moved.output)\(moved.errors)")
      let after = try await places(up)
      #expect(after[shard].owner == "node-2" && after[shard].pin == nil)
      // 1,024 by three: one node has one more, and that may be another one now.
      for node in ["node-1", "node-2", "node-3"] {
        #expect(abs(after.count { $0.owner == node } - before.count { $0.owner == node }) <= 1)
      }
      let again = try await Shopstream.run(["move", "\(shard)", "node-2", "--data", up.data])
      #expect(again.code == 0 && again.output == "Shard \(shard) is at node-2 already.\n", "\(again.output)\(again.errors)")
      for (arguments, words) in [
        (["move", "\(shard)", "node-9"], "There is no node 'node-9'"), (["move", "1024", "node-1"], "The cluster has no shard 1024"),
      ] {
        let refused = try await Shopstream.run(arguments + ["--data", up.data])
        #expect(refused.code == 1 && refused.errors.contains(words), "\(refused.errors)")
      }

      async let second = Shopstream.run(["move", "\(other)", "node-2", "--data", up.data])
      async let third = Shopstream.run(["move", "\(other)", "node-3", "--data", up.data])
      let answers = [("node-2", try await second), ("node-3", try await third)]
      let winners = answers.filter { $0.1.code == 0 }
      #expect(!winners.isEmpty, "\(answers)")
      for loser in answers where loser.1.code != 0 { #expect(loser.1.errors.contains("pin"), "\(loser.1.errors)") }
      let end = try await places(up)[other]
      #expect(winners.contains { $0.0 == end.owner } && end.pin == nil, "\(end); \(answers)")
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `dear shards change places when an operator says so`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", ["--balance", "off"])
      let idle = try await Shopstream.run(["rebalance", "--data", up.data])
      #expect(idle.code == 0 && idle.output.contains("Nothing to do: "), "\(idle.output)\(idle.errors)")

      let teller = try await Operator(up)
      let carts = Array(try await teller.carts((0..<400).map { "c\($0)" }, of: "node-1").prefix(12))
      await teller.close()
      let end = End()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for cart in carts {
          group.addTask { while !end.isReached.load(ordering: .relaxed) { _ = try await Shopper(up.gateway).contents(of: cart) } }
        }
        defer { end.isReached.store(true, ordering: .relaxed) }
        let before = try await places(up)
        // Windows of ten seconds, the last whole one: until the figures are there.
        let isHot = try await eventually(within: .seconds(40)) {
          let plan = try await Shopstream.run(["rebalance", "--dry-run", "--worth", "0.0001", "--data", up.data])
          return plan.output.contains("It would help that shard")
        }
        #expect(isHot)
        let done = try await Shopstream.run(["rebalance", "--worth", "0.0001", "--data", up.data])
        #expect(done.code == 0 && done.output.hasSuffix("All of them are there.\n"), "\(done.output)\(done.errors)")
        let after = try await places(up)
        #expect((2...8).contains(zip(before, after).count { $0.owner != $1.owner }))
        #expect(after.allSatisfy { $0.wish == nil && $0.pin == nil })
        for node in ["node-1", "node-2", "node-3"] { #expect(after.count { $0.owner == node } == before.count { $0.owner == node }) }
      }
      #expect(await up.stop() == 0)
    }
  }
}
