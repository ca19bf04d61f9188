// What was changed behind the store's back is found, named, and not served; and what a newer version wrote is not touched.
import Foundation
import PostgresServer
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupePostgres

@Suite struct DamageTests {
  /// Two shards with three batches each and a snapshot; then `sql` is run behind the store's back.
  private func damaged(by sql: String) async throws -> PostgresStore {
    let conninfo = try SharedServer.freshSchema()
    let store = try PostgresStore.patient(conninfo)
    let view = View.first(cluster: "test", member: Member(id: "a", incarnation: 1, addresses: ["127.0.0.1:1"]))
    _ = try await store.createCluster(view)
    for shard: ShardID in [3, 4] {
      let head = try await store.raiseFence(shard, writer: WriterID(1))
      for offset: UInt64 in 0..<3 { _ = try await store.append([.one(head, from: offset, shard: shard)]) }
      try await store.writeSnapshots(
        [SnapshotWrite(kind: 1, entity: "bob", offset: Offset(1), state: [1, 2, 3])], shard: shard, floor: Offset(0), fence: head.fence)
      try await store.writeConsumers([ConsumerOffset(group: "g", generation: 1, offset: Offset(1))], shard: shard, fence: head.fence)
    }
    try PostgresTool(conninfo).run(sql)
    return store
  }

  private func expect(_ error: StoreError?, names part: String) {
    #expect(
      error?.code == "store_corrupt" && error.map { "\($0)".contains(part) } == true, "\(error.map { "\($0)" } ?? "nothing was thrown")")
  }

  @Test(
    "a row of the log that changed is named, and other shards are served",
    arguments: [
      "records = decode(repeat('00', length(records)), 'hex')", "records = substring(records, 1, 20)", "first = 7", "writer = 2",
      "batch = 9", "count = 2", "shard = 5",
    ])
  func row(_ change: String) async throws {
    let store = try await damaged(by: "UPDATE troupe_log SET \(change) WHERE shard = 3 AND first = 1")
    expect(await failure { try await store.readTail(3, from: Offset(0)) }, names: "shard 3")
    expect(await failure { try await store.readPage(3, from: Offset(0), limit: 2) }, names: "shard 3")
    #expect(try await store.readTail(4, from: Offset(0)).count == 3)
    await store.close()
  }

  @Test("a missing row is named", arguments: [0, 1, 2])
  func missing(_ first: Int) async throws {
    let store = try await damaged(by: "DELETE FROM troupe_log WHERE shard = 3 AND first = \(first)")
    expect(await failure { try await store.readTail(3, from: Offset(0)) }, names: "offset \(first) of shard 3")
    await store.close()
  }

  @Test(
    "a head that changed is named, nobody takes the shard over, and nothing is appended",
    arguments: [
      "end_offset = 2", "end_offset = 9", "fence = 7", "floor = 3", "kept = 1", "last_from = 1", "last_batch = 7", "owner = 2",
      "end_offset = 3, end_check = 0", "fence_check = 1",
    ])
  func head(_ change: String) async throws {
    let store = try await damaged(by: "UPDATE troupe_heads SET \(change) WHERE shard = 3")
    expect(await failure { try await store.raiseFence(3, writer: WriterID(2)) }, names: "shard 3")
    expect(await failure { try await store.readTail(3, from: Offset(0)) }, names: "shard 3")
    let sound = AppendBatch.one(try #require(try await store.readHead(4)), from: 3, shard: 4)
    #expect(try await store.append([sound]) == [.appended(Offset(4))])
    await store.close()
  }

  @Test("a batch does not go where a changed head says", arguments: [2, 9])
  func append(_ end: UInt64) async throws {
    let store = try await damaged(by: "UPDATE troupe_heads SET end_offset = \(end) WHERE shard = 3")
    let batch = AppendBatch(
      shard: 3, fence: Fence(1), writer: WriterID(1), batch: 9, from: Offset(end), records: AppendBatch.one(.empty, from: 9).records)
    guard case .conflict = try await store.append([batch])[0] else { return #expect(Bool(false)) }
    await store.close()
  }

  @Test func aSnapshotThatChangedIsNamed() async throws {
    let store = try await damaged(by: "UPDATE troupe_snapshots SET state = '\\x010204' WHERE shard = 3")
    expect(await failure { try await store.readSnapshot(3, kind: 1, entity: "bob") }, names: "bob")
    #expect(try await store.readSnapshot(4, kind: 1, entity: "bob")?.state == [1, 2, 3])
    await store.close()
  }

  @Test func aConsumersOffsetThatChangedIsNamed() async throws {
    let store = try await damaged(by: "UPDATE troupe_consumers SET at_offset = 2 WHERE shard = 3")
    expect(await failure { try await store.readConsumers(3) }, names: "shard 3")
    await store.close()
  }

  @Test func aRegisterThatChangedIsNamed() async throws {
    let store = try await damaged(by: "UPDATE troupe_register SET view = decode(repeat('00', length(view)), 'hex')")
    expect(await failure { try await store.readRegister() }, names: "register")
    await store.close()
  }
}
