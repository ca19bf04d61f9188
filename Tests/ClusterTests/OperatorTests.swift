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
      ] {
        let result = try await Shopstream.run(arguments, in: below)
        #expect(result.code == 1 && result.errors.contains(words), "\(arguments): \(result.errors)")
      }

      let log = try await Shopstream.run(["log", "cart/alice"], in: below)
      #expect(log.code == 0 && log.output.split(separator: "\n").count == 3, "\(log.output)\(log.errors)")
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
