// Who owns an entity's shard, as every call asks.

import Testing

@testable import TroupeCluster

@Suite struct RoutingTableTests {
  @Test func itAnswersAsTheViewDoes() throws {
    let view = view(["a", "b", "c"], shards: 64)
    let table = RoutingTable(view)
    #expect(table.epoch == view.epoch)
    for index in 0..<64 { #expect(table.owner(of: ShardID(index)) == view.owner(of: ShardID(index))) }
  }

  @Test func everyHashHasAShard() {
    let table = RoutingTable(view(["a"], shards: 64))
    #expect(table.shard(of: 0) == 0)
    #expect(table.shard(of: .max) == 63)
    #expect(table.shard(of: 1 << 63) == 32)
  }

  @Test func aShardLivesOnOneLoopOfItsOwner() {
    var wide = member("a")
    wide.addresses = ["a:1", "a:2"]
    let table = RoutingTable(View.first(cluster: "test", shardCount: 4, member: wide))
    #expect((0..<4).map { table.address(of: ShardID($0)) } == ["a:1", "a:2", "a:1", "a:2"])
  }

  @Test func nobodyIsNobody() throws {
    let table = RoutingTable(try view(["a"]).leaving("a", sealed: 1))
    #expect(table.owner(of: 3) == nil && table.address(of: 3) == nil)
  }
}
