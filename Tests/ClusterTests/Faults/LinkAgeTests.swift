// Links that grow old, and links of a node that stops: another takes their place and no call is lost. Without an age a link stays; without
// GOAWAY the callers of a node that stops hear it from the end of the link, and what was on its way is mostly lost.

import Foundation
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct LinkAgeTests {
    static let replaced = "the link with node node-2/0 ended: replaced: another link has taken its place"

    @Test(.timeLimit(.minutes(2)))
    func `an old link is replaced under load without a failed call, and without an age it stays`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder)
      let young = try await GatewayByHand.start("young", of: cluster.up, folder, ["--link-age", "2s"])
      let old = try await GatewayByHand.start("old", of: cluster.up, folder, ["--link-age", "off"])
      var calls = 0
      let isReplaced = try await eventually(within: .seconds(60)) {
        for gateway in [young, old] {
          calls += 1
          let answer = try await gateway.shopper.addOnce("mug", to: cluster.distant[calls % 40], key: "\(calls)")
          #expect(answer.status == 200, "\(answer.problem as Any)")
        }
        return young.log.split(separator: "\n").count { $0.contains(Self.replaced) } >= 3
      }
      #expect(isReplaced, "\(young.log)")
      #expect(!old.log.contains("replaced"), "\(old.log)")
      for gateway in [young, old] { await gateway.stop() }
      await cluster.stop()
    }

    @Test(.timeLimit(.minutes(3)), arguments: [true, false])
    func `a node that stops asks its callers to go; one that does not know how only ends their links`(_ asks: Bool) async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let node = try await NodeProcess.start(
        "node-2", of: up, port: try NodeProcess.freePort(), asks ? [] : ["--without", "goaway"], log: folder.path + "/node.log")
      let watcher = try await Operator(up)
      let names = (0..<100).map { "cart-\($0)" }
      try #require(await eventually(within: .seconds(60)) { try await watcher.carts(names, of: "node-2").count >= 40 }, "\(node.log)")
      let distant = try await watcher.carts(names, of: "node-2")
      let gateway = try await GatewayByHand.start("gateway", of: up, folder, ["--retries", "off", "--breakers", "off"])
      let isDone = Atomic(false)
      for cart in distant.prefix(5) { #expect(await gateway.shopper.add("spoon", to: cart, key: "before") == .acknowledged) }
      async let failed = load(gateway.shopper, distant, until: isDone)
      #expect(await node.command.stop() == 0, "\(node.log)")
      isDone.store(true, ordering: .relaxed)
      let lost = try await failed
      if asks { #expect(lost.isEmpty, "\(lost)") } else { print("\(lost.count) were lost that were on their way") }
      #expect(gateway.log.contains(Self.replaced) == asks, "\(gateway.log)")
      await watcher.close()
      await gateway.stop()
      #expect(await up.stop() == 0)
    }

    /// One wave of adds after another, each tried once.
    private func load(_ shopper: Shopper, _ carts: [String], until isDone: borrowing Atomic<Bool>) async throws -> [String] {
      var (sent, failed) = (0, [String]())
      while !isDone.load(ordering: .relaxed) {
        sent += 1
        let round = sent
        failed += try await concurrently(0..<8, width: 8) { lane in
          let answer = try await shopper.addOnce("mug", to: carts[(round * 8 + lane) % carts.count], key: "key-\(round)-\(lane)")
          return answer.status == 200 ? nil : "\(answer.status) \(answer.problem?.detail ?? "")"
        }.compactMap(\.self)
      }
      return failed
    }
  }
}
