// A node behind a fault proxy, in a cluster of real processes under load: what a bad network does to calls, and that they succeed
// once it is over.

import Foundation
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct ProxyTests {
    /// The node that everybody else reaches through the proxy.
    static let node = "node-3"
    static let carts = 300
    static let width = 16
    /// Calls into the cut, at once.
    static let probes = 8
    /// How a call may end that nobody answered. Their names are part of the gateway's API.
    static let names = ["deadline-exceeded", "unknown-outcome", "unavailable", "overloaded"]

    @Test(.timeLimit(.minutes(4)))
    func `behind a bad network calls end by name, nothing is doubled, and afterwards all succeed`() async throws {
      let folder = try TemporaryFolder()
      // Two nodes in all: one of two is no majority, so nobody buries the other for not being heard.
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let port = try NodeProcess.freePort()
      let proxy = try await ProxyProcess(to: "127.0.0.1:\(port)", log: folder.path + "/proxy.log")
      let node = try await NodeProcess.start(Self.node, of: up, port: port, ["--advertise", proxy.address], log: folder.path + "/node.log")
      let shopper = Shopper(up.gateway)
      let watcher = try await Operator(up)
      let all = (0..<Self.carts).map { "cart-\($0)" }
      try #require(
        await eventually(within: .seconds(60)) { try await watcher.carts(all, of: Self.node).count >= Self.carts / 5 },
        "\(Self.node) is given its share")
      try #require(await eventually(within: .seconds(60)) { try await watcher.sharesAreAtRest() }, "nothing moves any more")
      let distant = try await watcher.carts(all, of: Self.node)
      let near = try await watcher.carts(all, of: "node-1")

      // Cut: what is under way ends by its deadline, what comes then ends as well, and the others go on.
      try await Self.underLoad(all, "cut", shopper) {
        #expect(try await proxy.tell("cut").faults?.towardsClient == ["cut on"])
        let answers = try await concurrently(0..<Self.probes, width: Self.probes) {
          try await shopper.addOnce("probe", to: distant[$0], key: "cut-\($0)")
        }
        for answer in answers {
          let problem = try #require(answer.problem, "status \(answer.status)")
          #expect(Self.names.contains { problem.type.hasSuffix($0) }, "\(problem)")
          #expect(problem.status >= 500)
        }
        #expect(await shopper.add("meanwhile", to: near[0], key: "near") == .acknowledged)
        #expect(try await proxy.tell("heal").faults?.towardsClient == [])
      }

      // A flipped bit ends its link and nothing else; so does a reset in the middle of a frame.
      for order in ["flip-after 2KB", "reset-after 2KB"] {
        try await Self.underLoad(all, order, shopper) { try await proxy.tell(order) }
        try await proxy.tell("heal")
      }
      try await Self.underLoad(all, "reset", shopper) { try await proxy.tell("reset") }

      let statistics = try await proxy.statistics()
      #expect(statistics.towardsTarget.flipped + statistics.towardsClient.flipped > 0)
      #expect(statistics.towardsTarget.resets + statistics.towardsClient.resets > 0)
      #expect(node.command.isRunning, "nobody buried a node that beats")
      #expect(await up.events.all.allSatisfy { $0.event != "died" })
      let found = try await concurrently(0..<all.count, width: Self.width) { try await shopper.contents(of: all[$0]) }
      for (cart, contents) in found.enumerated() {
        for load in ["cut", "flip-after 2KB", "reset-after 2KB", "reset"] {
          #expect(contents[Self.article(load)] == 2, "\(all[cart]) after \(load): \(contents)")
        }
      }
      await watcher.close()
      #expect(await node.command.stop() == 0)
      #expect(await proxy.command.stop() == 0)
      #expect(await up.stop() == 0)
    }

    static func article(_ load: String) -> String { load.filter(\.isLetter) }

    /// Adds to each cart until it is acknowledged; when a third of them is, `fault` runs in the midst of it.
    private static func underLoad(
      _ carts: [String], _ name: String, _ shopper: Shopper, _ fault: @escaping @Sendable () async throws -> Void
    ) async throws {
      let acknowledged = Atomic(0)
      let (third, reached) = AsyncStream<Void>.makeStream()
      async let disturbance: Void = {
        for await _ in third {}
        try await fault()
      }()
      let outcomes = await concurrently(0..<carts.count, width: width) { number in
        let outcome = await shopper.add(article(name), quantity: 2, to: carts[number], key: name)
        if acknowledged.add(1, ordering: .relaxed).newValue == carts.count / 3 { reached.finish() }
        return outcome
      }
      reached.finish()
      try await disturbance
      let lost = outcomes.filter { $0 != .acknowledged }
      #expect(lost.isEmpty, "\(name): \(lost.count) were never acknowledged, for example \(lost.first.debugDescription)")
    }
  }
}
