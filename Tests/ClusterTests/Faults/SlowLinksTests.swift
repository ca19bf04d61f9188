// Fault 5: links that are slow, and links that come and go. Nobody is buried for it, and nobody dials again and again.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct SlowLinksTests {
    /// What may be dialled anew while a link is only slow: those that are dialled seldom, and a hedge or two.
    static let fewConnections = 10
    static let flaps = 10

    @Test(.timeLimit(.minutes(3)))
    func `delays bury nobody and dial nobody again, and what flaps heals`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder)
      let (proxy, shopper) = (cluster.proxy, cluster.shopper)
      let cart = cluster.distant[0]
      #expect(await shopper.add("mug", to: cart, key: "before") == .acknowledged)

      var before = try await proxy.statistics().connections
      try await proxy.tell("delay 75ms")
      try await proxy.tell("jitter 50ms")
      for number in 0..<10 { #expect(await shopper.add("mug", to: cart, key: "late-\(number)") == .acknowledged) }
      try await proxy.tell("delay 500ms")
      for number in 0..<5 { #expect(await shopper.add("mug", to: cart, key: "later-\(number)") == .acknowledged) }
      #expect(try await proxy.statistics().connections - before <= Self.fewConnections, "a slow link is the same link")

      // It comes and goes: what is under way waits, or ends by name; afterwards all is as before.
      try await proxy.tell("heal")
      before = try await proxy.statistics().connections
      for _ in 0..<Self.flaps {
        try await proxy.tell("cut")
        try await Task.sleep(for: .milliseconds(300))
        try await proxy.tell("heal")
        try await Task.sleep(for: .milliseconds(200))
      }
      #expect(await shopper.add("mug", to: cart, key: "after") == .acknowledged)
      #expect(try await proxy.statistics().connections - before <= Self.flaps + Self.fewConnections, "no storm")
      #expect(try await shopper.contents(of: cart) == ["mug": 17])
      await cluster.stop()
    }
  }
}
