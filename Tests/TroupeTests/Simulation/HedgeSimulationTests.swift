// What hedging buys, and what it does not: a stuck connection, a stopped node.
import Testing
import Troupe
import TroupeTesting

@Suite struct HedgeSimulationTests {
  private static func reading(_ scene: CallScene, hedged: Bool) throws -> CallScene.Ending {
    try scene.cluster.run { shop in
      await CallScene.ending {
        let ledger = shop.entity(Ledger.self, "l1").within(.seconds(2))
        _ = try await (hedged ? ledger.hedged(after: .milliseconds(50)) : ledger).balance()
      }
    }
  }

  @Test(arguments: 1...4) func aStuckConnectionIsPassedBy(seed: UInt64) throws {
    let scene = try CallScene(seed: seed)
    scene.network.stick("client", "n1.1")
    let ending = try Self.reading(scene, hedged: true)
    #expect(ending.error == nil && ending.took < .milliseconds(200))
    var counts = try scene.report().counts
    #expect(counts.hedges == 1 && counts.hedgesWon == 1)
    // The first answer counts; the other comes when the connection does, and nobody minds.
    scene.network.unstick("client", "n1.1")
    scene.cluster.advance(by: .milliseconds(500))
    #expect(try Self.reading(scene, hedged: true).error == nil)
    counts = try scene.report().counts
    #expect(counts.hedges == 1, "a call that is answered in time is not hedged")
  }

  @Test func withoutHedgingItWaits() throws {
    for (hedged, allowed) in [(false, true), (true, false)] {
      let scene = try CallScene { $0.allowsHedging = allowed }
      scene.network.stick("client", "n1.1")
      let ending = try Self.reading(scene, hedged: hedged)
      #expect(ending.error?.code == .deadlineExceeded)
      #expect(try scene.report().counts.hedges == 0)
    }
  }

  @Test func aStoppedNodeAnswersNeither() throws {
    let scene = try CallScene()
    scene.network.pause("n1.1")
    let ending = try Self.reading(scene, hedged: true)
    #expect(ending.error?.code == .deadlineExceeded)
    let counts = try scene.report().counts
    #expect(counts.hedges == 1 && counts.hedgesWon == 0)
    scene.network.resume("n1.1")
  }

  @Test func aSpentBudgetHedgesNothing() throws {
    let scene = try CallScene { $0.retryBudget = .init(percent: 0, perSecond: 0) }
    scene.network.stick("client", "n1.1")
    #expect(try Self.reading(scene, hedged: true).error?.code == .deadlineExceeded)
    #expect(try scene.report().counts.hedges == 0)
  }

  @Test func commandsAreNotHedged() throws {
    let scene = try CallScene()
    scene.network.stick("client", "n1.1")
    let ending = try scene.cluster.run { shop in
      await CallScene.ending {
        _ = try await shop.entity(Ledger.self, "l1").within(.seconds(1)).hedged(after: .milliseconds(50)).book(1)
      }
    }
    #expect(ending.error?.code == .deadlineExceeded)
    #expect(try scene.report().counts.hedges == 0)
  }
}
