// What callers of a dead node's entities wait for: its lease, and not much more.
import Testing
import Troupe
import TroupeTesting

@Suite struct FailoverSimulationTests {
  /// The lease with its margin; one beat more, because heirs see a beat with their own next one; and 100 ms for all the rest.
  private static let limit = Duration.milliseconds(1_575 + 300 + 100)

  @Test(arguments: 1...8) func theirCallersWaitForTheLeaseAndForLittleElse(seed: UInt64) throws {
    let scene = try CallScene(nodes: 3, seed: seed)
    let names = try (0..<40).map { number in try scene.name(of: "ledger", on: number % 2 == 0 ? "n2" : "n3") }
    let before = try scene.report().counts.retries
    scene.cluster.crash("n2")
    let endings = try scene.cluster.run { shop in
      await withTaskGroup(of: CallScene.Ending.self) { group in
        for name in names {
          group.addTask { await CallScene.ending { _ = try await shop.entity(Ledger.self, name).within(.seconds(10)).book(1) } }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    for ending in endings { #expect(ending.error == nil && ending.took < Self.limit, "\(ending)") }
    // Who asks again and again while there is nothing to hear costs those who could be served.
    let retries = try scene.report().counts.retries - before
    #expect(retries < 20 * 15, "\(retries) for 20 calls that had to wait")
    let entries = try scene.cluster.run { shop in
      try await (shop.entity(Ledger.self, names[0]).balance(), shop.entity(Ledger.self, names[1]).balance())
    }
    #expect(entries == (20, 20), "each took effect once")
  }

  /// Between the burial and the end of the lease the heir has the shards and may not serve them: their calls wait there.
  @Test(arguments: 1...4) func callsWaitAtTheHeir(seed: UInt64) throws {
    let scene = try CallScene(nodes: 3, seed: seed)
    let name = try scene.name(of: "ledger", on: "n2")
    scene.cluster.crash("n2")
    let retries = try scene.cluster.run { (shop: Cluster) async throws -> UInt64 in
      while try await shop.explain(kind: "ledger", id: name).owner == "n2" {}
      let before = await shop.callReport().counts.retries
      _ = try await shop.entity(Ledger.self, name).within(.seconds(10)).balance()
      return await shop.callReport().counts.retries - before
    }
    #expect(retries == 0, "it was sent once, to whom the view names")
  }
}
