// The operators' commands against a running cluster, as a newcomer types them.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct OperatorTests {
    @Test(.timeLimit(.minutes(2)))
    func `call, status, entities and log work from a folder below`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/.shopstream")
      let below = folder.path + "/a/b"
      try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)

      let added = try await Shopstream.run(["call", "cart/alice", "add", #"{"sku":"mug","quantity":2}"#], in: below)
      #expect(added.code == 0, "\(added.errors)")
      #expect(added.output.contains(#""mug""#))
      let again = try await Shopstream.run(["call", "cart/alice", "add", #"{"sku":"mug"}"#], in: below)
      #expect(again.code == 0, "what has a default may be left out: \(again.errors)")
      #expect(try await Shopper(up.gateway).contents(of: "alice") == ["mug": 3], "the gateway sees the same cart")

      let refused = try await Shopstream.run(["call", "cart/alice", "add", #"{"sku":"mug","quantity":0}"#], in: below)
      #expect(refused.code == 3 && refused.errors.contains("quantityOutOfRange"), "\(refused.errors)")
      for (arguments, words) in [
        (["call", "crat/alice", "add"], "There is no kind 'crat': this cluster serves"),
        (["call", "cart/alice", "ad"], "has no method 'ad': it has add"),
        (["call", "cart/alice", "add", "{"], "do not fit"),
        (["call", "cart/alice", "add", #"{"sku":7}"#], "sku"),
        (["drain", "node-9"], "There is no node 'node-9' in the cluster"),
        (["log", "crat/alice"], "There is no kind 'crat'"),
        (["explain", "crat/alice"], "There is no kind 'crat'"),
        (["weigh", "node-9", "2"], "There is no node 'node-9' in the cluster"),
        (["weigh", "node-1", "10001"], "a weight is 0 to 10000"),
        (["pin", "1024", "node-1"], "the cluster has no shard 1024"),
      ] {
        let result = try await Shopstream.run(arguments, in: below)
        #expect(result.code == 1 && result.errors.contains(words), "\(arguments): \(result.errors)")
      }

      let log = try await Shopstream.run(["log", "cart/alice"], in: below)
      #expect(log.code == 0 && log.output.split(separator: "\n").count == 3, "\(log.output)\(log.errors)")
      let explained = try await Shopstream.run(["explain", "cart/alice"], in: below)
      #expect(explained.code == 0 && explained.output.hasPrefix("cart/alice is in shard "), "\(explained.output)\(explained.errors)")
      #expect(explained.output.contains("serves the shard") && explained.output.contains("cart/alice is in memory: idle"))
      #expect(explained.output.split(separator: "\n").count { $0.contains("  add  ") } == 2, "\(explained.output)")
      let planned = try await Shopstream.run(["weigh", "node-3", "0", "--dry-run"], in: below)
      #expect(planned.code == 0 && planned.output.hasPrefix("If node-3 weighs 0, "), "\(planned.output)\(planned.errors)")
      let pinned = try await Shopstream.run(["pin", "cart/alice", "node-2"], in: below)
      #expect(pinned.code == 0 && pinned.output.contains("is pinned to node-2"), "\(pinned.output)\(pinned.errors)")
      let shards = try await Shopstream.run(["shards"], in: below)
      #expect(shards.output.split(separator: "\n").count { $0.hasPrefix("node-") } == 3, "\(shards.output)\(shards.errors)")
      let entities = try await Shopstream.run(["entities", "cart", "--json"], in: below)
      #expect(try JSONDecoder().decode([String].self, from: Data(entities.output.utf8)) == ["alice"])
      let status = try await Shopstream.run(["status"], in: below)
      #expect(status.output.contains("node-3") && status.output.contains("1,024 shards"), "\(status.output)")
      #expect(await up.stop() == 0)

      let gone = try await Shopstream.run(["status"], in: below)
      #expect(gone.code == 1 && gone.errors.contains("start it with 'shopstream up'"), "\(gone.errors)")
    }
  }
}
