// A stream over real processes: what one operator changes, another sees; and what becomes of it when its node dies.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct StreamTests {
    @Test(.timeLimit(.minutes(2)))
    func `a cart is watched while it changes, and its watcher hears when its node dies`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(up.gateway)
      let watcher = try RunningCommand(["call", "cart/alice", "watch", "--data", up.data], log: folder.path + "/watch.log")
      #expect(await watcher.lines.first { _ in true } == #"{"lines":{}}"#, "what is in it comes at once")
      for number in 1...3 {
        let before = await watcher.lines.all.count
        #expect(await shopper.add("mug", to: "alice", key: "add-\(number)") == .acknowledged)
        #expect(await watcher.lines.first(after: before) { $0.contains(#""mug":\#(number)"#) } != nil)
      }
      // Whoever owns the cart is killed: the stream is lost by name, and can be opened again.
      let asker = try await Operator(up)
      var owner = ""
      for node in up.nodes.map(\.id) where try await asker.carts(["alice"], of: node) == ["alice"] { owner = node }
      await asker.close()
      try await up.killNode(owner)
      #expect(await watcher.lines.first(after: watcher.lines.all.count) { _ in false } == nil, "it ends")
      let complaint = try String(contentsOfFile: folder.path + "/watch.log", encoding: .utf8)
      #expect(complaint.contains("stream"), "\(complaint)")
      let again = try RunningCommand(["call", "cart/alice", "watch", "--data", up.data], log: folder.path + "/again.log")
      #expect(await again.lines.first { _ in true } == #"{"lines":{"mug":3}}"#)
      _ = await again.stop()
      #expect(await up.stop() == 0)
    }
  }
}
