// Where shards are and go, as a terminal shows it.

import Testing

@testable import ShopstreamCommand
@testable import Troupe

struct ShardsTableTests {
  let shards = [
    ShardPlace(shard: 0, owner: "node-1", desired: "node-1", pin: nil), ShardPlace(shard: 1, owner: "node-1", desired: "node-2", pin: nil),
    ShardPlace(shard: 2, owner: "node-1", desired: "node-3", pin: "node-3"),
    ShardPlace(shard: 3, owner: "node-2", desired: "node-3", pin: nil), ShardPlace(shard: 4, owner: "node-1", desired: "node-3", pin: nil),
    ShardPlace(shard: 5, owner: nil, desired: "node-2", pin: nil),
  ]

  @Test func `a row a node`() {
    #expect(
      ShardsTable.byNode(shards) == [
        "NODE    SHARDS  PINNED  TO GIVE  TO COME",
        "node-1       4       0        3        0",
        "node-2       1       0        1        2",
        "node-3       0       1        0        3",
        "1 without an owner",
      ])
  }

  @Test func `a row a shard`() {
    #expect(
      ShardsTable.all(shards) == [
        "SHARD  OWNER   GOES TO  PINNED TO",
        "    0  node-1",
        "    1  node-1  node-2",
        "    2  node-1  node-3   node-3",
        "    3  node-2  node-3",
        "    4  node-1  node-3",
        "    5  -",
      ])
  }

  @Test func `what moves`() {
    #expect(
      ShardsTable.moves(shards)
        == "4 of 6 shards move: 2 from node-1 to node-3, 1 from node-1 to node-2, 1 from node-2 to node-3")
    #expect(ShardsTable.moves([shards[0], shards[5]]) == "nothing moves")
  }

  @Test func `a shard is a number or an entity`() {
    #expect(ShardAddress(argument: "417") == .number(417))
    #expect(ShardAddress(argument: "cart/alice") == EntityAddress(argument: "cart/alice").map { .entity($0) })
    #expect(ShardAddress(argument: "-1") == nil && ShardAddress(argument: "cart") == nil)
  }
}
