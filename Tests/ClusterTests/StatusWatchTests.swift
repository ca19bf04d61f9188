// `status --watch` and the operators' page while a node is killed: who is suspected, what moves, and what changed is told as it happens.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct StatusWatchTests {
    @Test(.timeLimit(.minutes(2)))
    func `a death is seen in blocks where there is no terminal, and on the page`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let watch = try RunningCommand(["status", "--watch", "--data", up.data], log: folder.path + "/watch.log")
      let believed = await watch.lines.first { $0.hasPrefix("node-3") && $0.contains("  believed  ") }
      #expect(believed?.contains(" active ") == true)
      // Whoever came first has joined nobody, but has given shards away.
      let moved = await watch.lines.first { $0.hasPrefix("  ") && $0.contains("shards went from") }
      #expect(moved?.contains("epochs ") == true)
      #expect(!(await watch.lines.all).contains { $0.contains("\u{1b}") }, "no control codes without a terminal")

      try await up.killNode("node-3")
      let buried = await watch.lines.first { $0.contains("node-3 was buried") || $0.contains("node-3 started anew") }
      #expect(buried != nil, "the log tells of it")
      #expect(await up.events.first { $0.event == "back" && $0.process == "node-3" } != nil, "it is started again")

      let admin = Shopper(up.admin)
      let isOnPage = try await eventually {
        let page = String(decoding: try await admin.send(.GET, "/").body, as: UTF8.self)
        return (page.contains("node-3 was buried") || page.contains("node-3 started anew")) && page.contains("shards went from")
      }
      #expect(isOnPage)
      let document = String(decoding: try await admin.send(.GET, "/ring.json").body, as: UTF8.self)
      #expect(document.contains(#""isSuspected":"#) && document.contains(#""leaseLength":"1.5s""#), "\(document.prefix(500))")
      _ = await watch.stop()
      #expect(!watch.isRunning, "it ends on Ctrl-C")
      #expect(await up.stop() == 0)
    }
  }
}
