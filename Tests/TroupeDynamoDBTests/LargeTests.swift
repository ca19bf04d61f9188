// What is too large for one item, and what is removed behind everybody's back.
import StoreContract
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupeDynamoDB

@Suite struct LargeTests {
  private static func large(_ seed: UInt8) -> [UInt8] { (0..<900_000).map { UInt8(truncatingIfNeeded: $0 / 7) ^ seed } }

  private func keys(_ partition: String, in table: Table) async throws -> [String] {
    var budget = Budget("a test", within: .seconds(60))
    var found: [String] = []
    try await table.query(.init(partition: partition, first: "0", last: "~", only: []), &budget) { (item) throws(StoreError) in
      found.append(item.key?.sort ?? "")
      return true
    }
    return found
  }

  @Test func aLargeSnapshotIsReadWholeAndItsPartsGoWithIt() async throws {
    let name = Tables.name()
    let store = try await Tables.store(name)
    let table = try Tables.raw(name)
    let head = try await store.raiseFence(7, writer: WriterID(1))
    let batch = AppendBatch(
      shard: 7, fence: head.fence, writer: WriterID(1), batch: 1, from: Offset(0),
      records: (0..<3).map { Record(kind: 1, entity: "a", turn: .sample($0)) })
    _ = try await store.append([batch])
    for (offset, state) in [(1, Self.large(1)), (2, Self.large(2)), (3, [9])] as [(UInt64, [UInt8])] {
      try await store.writeSnapshots(
        [SnapshotWrite(kind: 1, entity: "a", offset: Offset(offset), state: state)], shard: 7, floor: Offset(offset), fence: head.fence)
      #expect(try await store.readSnapshot(7, kind: 1, entity: "a") == Snapshot(offset: Offset(offset), state: state))
    }
    // The trim works behind the calls: it is awaited, not timed.
    var left = 1
    while left > 0 {
      left = try await keys(ItemKey.partPartition(7), in: table).count
      await table.client.pause(.milliseconds(20))
    }
    await store.close()
    await table.client.close()
  }

  @Test func whatIsBelowTheFloorIsRemovedButForTheLastBatchAndTheRaises() async throws {
    let name = Tables.name()
    let store = try await Tables.store(name)
    let table = try Tables.raw(name)
    var head = try await store.raiseFence(7, writer: WriterID(1))
    for number in 0..<30 as Range<UInt64> {
      if number % 10 == 5 { head = try await store.raiseFence(7, writer: WriterID(number)) }
      let batch = AppendBatch(
        shard: 7, fence: head.fence, writer: head.owner, batch: number, from: Offset(number),
        records: [Record(kind: 1, entity: "a", turn: .sample(number))])
      #expect(try await store.append([batch]) == [.appended(Offset(number + 1))])
    }
    try await store.writeSnapshots([], shard: 7, floor: Offset(30), fence: head.fence)
    while try await keys(ItemKey.logPartition(7), in: table).count > 5 { await table.client.pause(.milliseconds(20)) }
    let rest = try await keys(ItemKey.logPartition(7), in: table)
    #expect(rest.count == 5, "four raises and the last batch: \(rest)")
    let next = try await store.raiseFence(7, writer: WriterID(99))
    #expect(next.end == Offset(30) && next.lastFrom == Offset(29))
    #expect(try await store.readTail(7, from: Offset(0)).isEmpty)
    await store.close()
    await table.client.close()
  }

  @Test func aCheckpointOfMoreThanATransactionIsWrittenWhole() async throws {
    let store = try await Tables.store()
    let head = try await store.raiseFence(7, writer: WriterID(1))
    let writes = (0..<130).map { SnapshotWrite(kind: 1, entity: "e\($0)", offset: Offset(0), state: [UInt8($0)], wake: Int64($0)) }
    try await store.writeSnapshots(writes, shard: 7, floor: Offset(0), fence: head.fence)
    #expect(try await store.listEntities(7, kind: 1, after: nil, limit: 200).count == 130)
    #expect(try await store.readWakes(7, after: nil, before: 130, count: 200).count == 130)
    await store.close()
  }
}
