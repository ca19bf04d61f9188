// Rows that nobody needs any more are removed, of all shards in one sweep, and no others.
import PostgresServer
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupePostgres

@Suite struct LogTrimTests {
  @Test(.timeLimit(.minutes(2)))
  func rowsThatWereLetGoAreRemovedAndTheOthersStay() async throws {
    let conninfo = try SharedServer.freshSchema()
    let store = try PostgresStore.patient(conninfo)
    let shards = (0..<100).map { ShardID($0) }, rounds: UInt64 = 120, kept: UInt64 = 110
    var heads: [Head] = []
    for shard in shards { heads.append(try await store.raiseFence(shard, writer: WriterID(1))) }
    for offset in 0..<rounds {
      _ = try await store.append(zip(shards, heads).map { shard, head in .one(head, from: offset, shard: shard) })
    }
    let tool = try PostgresTool(conninfo)
    func rows(_ condition: String) throws -> Int { Int(try tool.run("SELECT count(*) FROM troupe_log WHERE \(condition)")[0][0]) ?? -1 }
    // The last shard needs everything; the sweep begins with the others and looks at its rows too.
    let needed = try #require(shards.last)
    for (shard, head) in zip(shards, heads) where shard != needed {
      try await store.writeSnapshots([], shard: shard, floor: Offset(kept), fence: head.fence)
    }
    // It begins when enough was let go, which is before the last shard has.
    while try rows("first < \(kept) AND shard <= 50") > 0 { await Task.yield() }
    #expect(try rows("shard = \(needed.value)") == Int(rounds))
    #expect(try rows("first >= \(kept)") == shards.count * Int(rounds - kept))
    #expect(try await store.readTail(0, from: Offset(0)).map(\.offset.value) == Array(kept..<rounds))
    #expect(try await store.readTail(needed, from: Offset(0)).count == Int(rounds))
    #expect(try await store.raiseFence(0, writer: WriterID(2)).end == Offset(rounds))
    await store.close()
  }
}
