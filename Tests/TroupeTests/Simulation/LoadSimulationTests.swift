// What nodes say of their load, seen by an operator.
import Testing
import Troupe
import TroupeTesting

@Suite struct LoadSimulationTests {
  @Test func theHottestEntityItsShardAndItsCallersAreTold() throws {
    let scene = try CallScene(nodes: 2, seed: 5)
    // Past the window in which the scene was set up.
    scene.cluster.advance(by: .seconds(25))
    let quiet = try scene.cluster.run { try await $0.load() }
    #expect(quiet.nodes.map(\.node) == ["n1", "n2"])
    #expect(quiet.nodes.allSatisfy { $0.hottest.isEmpty && $0.callsPerSecond == 0 })
    #expect(quiet.nodes.reduce(0) { $0 + $1.shards.count } == 32)

    let name = try scene.counter(on: "n2")
    try scene.cluster.run { shop in
      for _ in 0..<4_000 { _ = try await shop.entity(Counter.self, name).value() }
      for number in 0..<200 { _ = try await shop.entity(Counter.self, "other\(number)").value() }
    }
    scene.cluster.advance(by: .seconds(10))
    let load = try scene.cluster.run { try await $0.load() }
    let node = try #require(load.nodes.first { $0.node == "n2" })
    let hottest = try #require(node.hottest.first)
    #expect(hottest.entity == "counter/\(name)")
    #expect((3_000...4_200).contains(hottest.calls), "\(hottest.calls)")
    #expect(hottest.callers.map(\.name) == ["client"])
    let shard = shardIndex(of: entityHash(kindID: kindID("counter"), id: name), shardCount: 32)
    let cost = try #require(node.shards.first { $0.shard == shard })
    #expect((4_000...4_300).contains(cost.calls), "\(cost.calls)")
    #expect(cost.entities > 0)
    #expect(load.nodes.reduce(0) { $0 + $1.shards.reduce(0) { $0 + $1.activations } } >= 200)
  }

  @Test func aNodeThatDoesNotAnswerIsNamed() throws {
    let scene = try CallScene(nodes: 2, seed: 6)
    scene.network.cut("n2.2", "client")
    let load = try scene.cluster.run { try await $0.load(within: .seconds(1)) }
    #expect(load.nodes.map(\.node) == ["n1"])
    #expect(load.silent.map(\.name) == ["n2"])
  }
}
