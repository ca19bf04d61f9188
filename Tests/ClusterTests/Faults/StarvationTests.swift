// Fault 11: a node that has hardly any processor, and one that has no descriptors left. Nobody is buried for it, nobody spins, links that
// are open go on, and all is as before once it is over.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct StarvationTests {
    static let strangers = 60
    /// Descriptors that a node may take beside those it has, while strangers want `strangers`.
    static let room = 10
    /// How long a node without descriptors is watched, and the part of that time for which it may be busy.
    static let watch: Duration = .seconds(3)
    static let busy = 0.5

    @Test(.timeLimit(.minutes(2)))
    func `without descriptors accepting rests and says so, open links go on, and it recovers`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder)
      let (node, shopper, figures) = (cluster.node, cluster.shopper, cluster.figures)
      let (port, near, distant) = (try #require(Int(node.address.split(separator: ":").last ?? "")), cluster.near[0], cluster.distant[0])
      for cart in [near, distant] { #expect(await shopper.add("mug", to: cart, key: "1") == .acknowledged) }
      let before = figures.descriptors
      let limit = try ProcessLimit.descriptors(of: node.command.identifier)
      try await ProcessLimit.setDescriptors(before + Self.room, of: node.command.identifier)

      var strangers = try (0..<Self.strangers).map { _ in try RawSocket(port: port) }
      let isSaid = await eventually { node.log.contains("no connection can be accepted at \(node.address): Too many open files") }
      #expect(isSaid, "\(node.log)")
      let (busyBefore, start) = (figures.processorTime, ContinuousClock.now)
      var calls = 0
      while ContinuousClock.now - start < Self.watch {
        calls += 1
        #expect(await shopper.add("during", to: distant, key: "during-\(calls)") == .acknowledged, "an open link is not cut")
        // Who has had his turn is dropped for saying nothing, and the next takes his place.
        strangers.append(try RawSocket(port: port))
        try await Task.sleep(for: .milliseconds(50))
      }
      let (busy, passed) = (figures.processorTime - busyBefore, ContinuousClock.now - start)
      #expect(busy < passed * Self.busy, "a loop that spins: \(busy) of \(passed)")
      #expect(figures.descriptors <= before + Self.room)
      #expect(node.log.split(separator: "\n").count { $0.contains("no connection can be accepted") } <= 10, "said, and not over and over")

      try await ProcessLimit.setDescriptors(limit, of: node.command.identifier)
      #expect(await eventually { node.log.contains("connections are accepted at \(node.address) again") }, "\(node.log)")
      strangers = []
      let isBack = await eventually(within: .seconds(15)) { figures.descriptors <= before + 2 }
      #expect(isBack, "\(figures.descriptors) descriptors instead of \(before)")
      let newcomer = try await GatewayByHand.start("newcomer", of: cluster.up, folder, [])
      #expect(await newcomer.shopper.add("after", to: distant, key: "after") == .acknowledged)
      #expect(try await shopper.contents(of: distant) == ["mug": 1, "during": calls, "after": 1])
      await newcomer.stop()
      await cluster.stop()
    }

    @Test(.timeLimit(.minutes(3)))
    func `with a tenth of a core a node serves, buries nobody and is not buried`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder)
      let carts = Array(cluster.distant.prefix(20) + cluster.near.prefix(20))
      // It runs for 1 ms of 10, which is what a quota of a tenth comes to.
      try await Throttle.hold(cluster.node.command.identifier) { _ in
        for round in 0..<5 {
          let outcomes = await concurrently(0..<carts.count, width: 8) {
            await cluster.shopper.add("round-\(round)", to: carts[$0], key: "round-\(round)")
          }
          #expect(outcomes.allSatisfy { $0 == .acknowledged }, "\(outcomes.first { $0 != .acknowledged } as Any)")
        }
      }
      for cart in carts {
        #expect(try await cluster.shopper.contents(of: cart) == Dictionary(uniqueKeysWithValues: (0..<5).map { ("round-\($0)", 1) }))
      }
      #expect(!cluster.node.log.contains("burying"), "who is slow himself does not take others for dead: \(cluster.node.log)")
      await cluster.stop()
    }
  }
}
