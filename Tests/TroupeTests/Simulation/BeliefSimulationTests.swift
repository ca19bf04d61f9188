// Whose answers count: a node's while its beats are seen, on whatever link they come; see ADR 0024.
import Testing

@testable import Troupe
@testable import TroupeTesting
@testable import TroupeTransport

@Suite struct BeliefSimulationTests {
  /// A link that takes no new calls waits for its answers; the beats that vouch for them are read meanwhile.
  @Test(arguments: 1...3) func anAnswerOnALinkThatLeavesIsBelieved(seed: UInt64) throws {
    let scene = try CallScene(nodes: 2, seed: seed)
    let name = try scene.counter(on: "n2")
    let total = try scene.cluster.run { shop in
      let counter = shop.entity(Counter.self, name).within(.seconds(20))
      async let slow = counter.addWhenOpen(5)
      while try await !counter.isWaited() {}
      let old = shop.stages[0].stage.value.peers.peer("n2")?.link(toLoop: 0)
      old?.retire()
      _ = try await counter.value()
      await SimulatedLoop.pass(.seconds(4))
      #expect(old?.isOpen == true, "it still waits for the answer")
      try await counter.open()
      return try await slow
    }
    #expect(total == 5)
  }

  /// It was buried while it stood still with its clock, and its lease has time left when it goes on.
  @Test(arguments: 1...3) func aFrozenNodesAnswerIsNotBelieved(seed: UInt64) throws {
    let scene = try CallScene(nodes: 3, seed: seed)
    let name = try scene.counter(on: "n2")
    let world = scene.cluster.world
    let host = try #require(world.loops.last { $0.host.hasPrefix("n2.") }?.host)
    // The client hears of no other view: it goes on calling whom it knows.
    for loop in world.loops where loop.host != host && loop.host != "client" { scene.network.cut(loop.host, "client") }
    world.schedule(after: .milliseconds(500)) { scene.network.freeze(host) }
    world.schedule(after: .milliseconds(4_500)) { scene.network.resume(host) }
    scene.cluster.advance(by: .seconds(1))
    let answer = try scene.cluster.run { shop in
      await CallScene.ending { _ = try await shop.entity(Counter.self, name).within(.seconds(4)).value() }
    }
    #expect(answer.error != nil, "nobody else was heard, and what it knows may be old")
  }
}
