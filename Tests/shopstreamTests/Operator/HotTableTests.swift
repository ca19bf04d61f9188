// Load as operators see it.
import Testing

@testable import ShopstreamCommand
@testable import Troupe

@Suite struct HotTableTests {
  private let load = ClusterLoad(
    nodes: [
      NodeLoad(
        node: "n1", milliseconds: 10_000,
        shards: [
          ShardCost(shard: 1, entities: 5, calls: 20_000, microseconds: 2_000_000, bytes: 0, activations: 0),
          ShardCost(shard: 2, entities: 5, calls: 0, microseconds: 0, bytes: 0, activations: 0),
        ],
        hottest: [
          HotEntity(
            entity: "cart/alice", calls: 16_000, microseconds: 1_600_000,
            callers: [HotCaller(name: "gateway-1", calls: 12_000), HotCaller(name: "order on n2", calls: 4_000)])
        ])
    ], silent: [.init(name: "n2", reason: "no answer within 5.0 seconds")])

  @Test func aRowAnEntity() {
    #expect(
      HotTable.lines(load, limit: 5) == [
        "ENTITY      NODE  CALLS/S  CORE  CALLERS",
        "cart/alice  n1      1,600  16 %  gateway-1 75 %, order on n2 25 %",
        "n2 does not answer: no answer within 5.0 seconds",
      ])
  }

  @Test func shardsHaveTheirCostBesideThem() {
    let shards = [
      ShardPlace(shard: 1, owner: "n1", desired: "n1", pin: nil), ShardPlace(shard: 2, owner: "n1", desired: "n1", pin: nil),
      ShardPlace(shard: 3, owner: "n2", desired: "n2", pin: nil),
    ]
    #expect(
      ShardsTable.byNode(shards, load) == [
        "NODE  SHARDS  PINNED  TO GIVE  TO COME  CALLS/S  CORES",
        "n1         2       0        0        0    2,000   20 %",
        "n2         1       0        0        0        -      -",
      ])
    #expect(
      ShardsTable.all(shards, load) == [
        "SHARD  OWNER  GOES TO  PINNED TO  CALLS/S  CORES",
        "    1  n1                           2,000   20 %",
        "    2  n1                               0    0 %",
        "    3  n2                               -      -",
      ])
  }

  @Test func asJSON() {
    let json = HotTable.json(load, limit: 5)
    #expect(json.text.contains(#""calls_per_second":1600.0"#), "\(json.text)")
    #expect(json.text.contains(#""cores":0.2"#), "\(json.text)")
    #expect(json.text.contains(#""silent":["n2"]"#), "\(json.text)")
  }

  @Test func whenNothingIsHotItSaysSo() {
    let quiet = ClusterLoad(nodes: [NodeLoad(node: "n1", milliseconds: 10_000, shards: [], hottest: [])], silent: [])
    #expect(HotTable.lines(quiet, limit: 5) == ["Nothing was called often enough to be seen."])
  }
}
