// A node that nobody reaches, though it lives: operators see the breaker by its name, on the command line, on the page and in the
// metrics, and see it close again.

import Foundation
import Synchronization
import Testing

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct LinksTests {
    static let node = "node-3"
    static let carts = (0..<200).map { "cart-\($0)" }

    @Test(.timeLimit(.minutes(3)))
    func `an open breaker is seen by its name, and that it closes again`() async throws {
      let folder = try TemporaryFolder()
      // Two nodes in all: one of two is no majority, so nobody buries the other for not being heard.
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let node = try await ProxiedNode(Self.node, of: up, folder)
      let (shopper, admin) = (Shopper(up.gateway), Shopper(up.admin))
      let watcher = try await Operator(up)
      try #require(
        await eventually(within: .seconds(60)) { try await watcher.carts(Self.carts, of: Self.node).count >= 20 },
        "\(Self.node) is given its share")
      let distant = try await watcher.carts(Self.carts, of: Self.node)
      await watcher.close()
      for cart in distant.prefix(5) { #expect(await shopper.add("mug", to: cart, key: "before") == .acknowledged) }

      let isCalm = try await eventually {
        let calm = try await Self.links(up)
        return calm.code == 0 && calm.output.hasPrefix("All is well: no breaker is open, and all 3 processes answer.\n")
          && calm.output.contains("gateway/0  → node-3/0")
      }
      #expect(isCalm)
      // The page is up to a second behind.
      let isCalmOnPage = try await eventually {
        let page = try await Self.page(admin)
        return page.contains("No breaker is open") && page.contains("→ node-3")
      }
      #expect(isCalmOnPage)

      // Nothing comes through any more. Calls go on, so that the breaker's probes fail and it stays open.
      try await node.proxy.tell("cut")
      let isDone = Atomic(false)
      async let load: Void = Self.load(shopper, distant, until: isDone)
      let isSeen = await eventually(within: .seconds(60)) {
        (try? await Self.links(up))?.output.contains(#/(OPEN|HALF-OPEN) +gateway/0 +node-3 +\* /#) ?? false
      }
      let last = try await Self.links(up)
      #expect(isSeen, "\(last.output)\(last.errors)")
      #expect(
        await eventually {
          (try? await Self.links(up))?.output.contains(#/^\d breakers? holds? calls back \(gateway → .*node-3/#) ?? false
        },
        "it is the first that one reads")
      #expect(last.code == 0 && last.output.contains("node-1"), "the other answers")
      let json = try await Self.links(up, ["gateway", "--json"])
      #expect(json.output.contains(#""peer":"node-3","kind":null,"state":"#), "\(json.output)\(json.errors)")

      let isOnPage = try await eventually {
        try await Self.page(admin).contains(#/<strong>(OPEN|HALF-OPEN)</strong> <span class="who">gateway → node-3</span>/#)
      }
      #expect(isOnPage, "the page shows it at the top")
      let isMeasured = try await eventually {
        let metrics = String(decoding: try await shopper.send(.GET, "/metrics").body, as: UTF8.self)
        return metrics.contains(#/troupe_breaker_state\{process="gateway",role="gateway",peer="node-3",kind="\*"\} [12]/#)
      }
      #expect(isMeasured, "and the metrics do")

      try await node.proxy.tell("heal")
      #expect(
        await eventually(within: .seconds(60)) { (try? await Self.links(up))?.output.hasPrefix("All is well") ?? false },
        "a probe is answered, and it closes")
      isDone.store(true, ordering: .relaxed)
      await load
      // Whether it is still listed as closed depends on whether the node was buried meanwhile and has come back as another incarnation.
      let isCalmAgain = try await eventually { try await Self.page(admin).contains("No breaker is open") }
      #expect(isCalmAgain)
      #expect(await node.command.stop() == 0)
      #expect(await node.proxy.command.stop() == 0)
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `what links is told in vain, it refuses by name`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let unknown = try await Self.links(up, ["node-9"])
      #expect(unknown.code == 1 && unknown.errors.contains("There is no process 'node-9' in the cluster: it has gateway, node-1"))
      #expect(await up.stop() == 0)
      let gone = try await Self.links(up)
      #expect(gone.code == 1 && gone.errors.contains("start it with 'shopstream up'"), "\(gone.errors)")
    }

    private static func links(_ up: UpProcess, _ more: [String] = []) async throws -> Shopstream.Result {
      try await Shopstream.run(["links", "--data", up.data] + more)
    }

    private static func page(_ admin: Shopper) async throws -> String {
      String(decoding: try await admin.send(.GET, "/").body, as: UTF8.self)
    }

    /// One call after another to carts of the node, whatever becomes of them.
    private static func load(_ shopper: Shopper, _ carts: [String], until isDone: borrowing Atomic<Bool>) async {
      var sent = 0
      while !isDone.load(ordering: .relaxed) {
        sent += 1
        let number = sent
        _ = await concurrently(0..<4, width: 4) { lane in
          try? await shopper.addOnce("probe", to: carts[(number * 4 + lane) % carts.count], key: "probe-\(number)-\(lane)")
        }
      }
    }
  }
}
