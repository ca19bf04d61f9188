// Operators' orders: weights, pins, and drains that are taken back.
import Testing
import Troupe
import TroupeTesting

@Suite struct ClusterSettingTests {
  private func cluster(_ nodes: Int = 2) throws -> SimulatedCluster {
    let cluster = try SimulatedCluster(nodes: nodes) { $0.register(Counter.self) }
    cluster.advance(by: .seconds(10))
    return cluster
  }

  /// How many shards each node has.
  private func loads(_ cluster: SimulatedCluster) throws -> [String: Int] {
    try cluster.run { shop in
      Dictionary(uniqueKeysWithValues: try await shop.status().nodes.map { ($0.id, $0.shards) })
    }
  }

  @Test func aWeightMovesWhatItsDryRunSays() throws {
    let cluster = try cluster()
    #expect(try loads(cluster) == ["n1": 32, "n2": 32])
    let planned = try cluster.run { try await $0.shards(after: .weigh(node: "n1", 3)) }
    #expect(planned.filter(\.moves).count == 16)
    #expect(try loads(cluster) == ["n1": 32, "n2": 32], "nothing was ordered")
    try cluster.run { try await $0.set(.weigh(node: "n1", 3)) }
    cluster.advance(by: .seconds(10))
    #expect(try loads(cluster) == ["n1": 48, "n2": 16])
    let after = try cluster.run { try await $0.shards() }
    #expect(after.map(\.owner) == planned.map(\.desired) && !after.contains(where: \.moves))
    try cluster.run { try await $0.set(.weigh(node: "n2", 0)) }
    cluster.advance(by: .seconds(10))
    #expect(try loads(cluster) == ["n1": 64, "n2": 0])
  }

  @Test func aPinMovesOneShardAndKeepsItThere() throws {
    let cluster = try cluster()
    let before = try cluster.run { try await $0.shards() }
    let shard = try #require(before.first { $0.owner == "n1" }).shard
    try cluster.run { try await $0.set(.pin(shard: shard, node: "n2")) }
    cluster.advance(by: .seconds(10))
    let pinned = try cluster.run { try await $0.shards() }
    #expect(pinned[shard].owner == "n2" && pinned[shard].pin == "n2")
    try cluster.run { try await $0.set(.weigh(node: "n2", 0)) }
    cluster.advance(by: .seconds(10))
    #expect(try loads(cluster) == ["n1": 63, "n2": 1])
    try cluster.run { try await $0.set(.unpin(shard: shard)) }
    cluster.advance(by: .seconds(10))
    #expect(try loads(cluster) == ["n1": 64, "n2": 0])
  }

  @Test(arguments: [
    (ClusterSetting.weigh(node: "n9", 2), "n9 is no member"), (.weigh(node: "n1", 10_001), "a weight is 0 to 10000, not 10001"),
    (.weigh(node: "n1", -1), "a weight is 0 to 10000, not -1"), (.pin(shard: 64, node: "n1"), "the cluster has no shard 64"),
    (.pin(shard: 0, node: "n9"), "n9 is no member"), (.unpin(shard: 64), "the cluster has no shard 64"),
    (.unpin(shard: 70_000), "no cluster has such a shard"), (.pin(shard: -1, node: "n1"), "no cluster has such a shard"),
    (.activate(node: "n9"), "n9 is no member"), (.place(version: "2", percent: 101), "a trial is of 0 to 100 percent"),
  ])
  func whatCannotBeIsRefusedByName(_ order: ClusterSetting, _ why: String) throws {
    let cluster = try cluster(1)
    let (given, tried) = try cluster.run { shop in
      var errors: [String] = []
      do { try await shop.set(order) } catch { errors.append("\(error)") }
      do { _ = try await shop.shards(after: order) } catch { errors.append("\(error)") }
      return (errors.first ?? "", errors.last ?? "")
    }
    #expect(given.contains(why) && tried.contains(why), "\(given); \(tried)")
    #expect(try loads(cluster) == ["n1": 64])
  }

  @Test func twoOperatorsAtOnceAreBothAnsweredTruthfully() throws {
    let cluster = try cluster(3)
    try cluster.run { shop in
      async let first: Void = shop.set(.weigh(node: "n2", 2))
      async let second: Void = shop.set(.weigh(node: "n3", 0))
      async let third: Void = shop.set(.pin(shard: 7, node: "n2"))
      _ = try await (first, second, third)
    }
    cluster.advance(by: .seconds(20))
    let after = try cluster.run { try await $0.shards() }
    #expect(after[7].pin == "n2" && after[7].owner == "n2")
    let loads = try loads(cluster)
    #expect(loads["n3"] == 0 && (42...43).contains(loads["n2"] ?? 0), "\(loads)")
  }
}
