// What somebody else changed in the table is named, and never served; and what an older version must not touch.
import StoreContract
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupeDynamoDB

@Suite struct DamageTests {
  private static let batch = AppendBatch(
    shard: 7, fence: Fence(1), writer: WriterID(1), batch: 1, from: Offset(0), records: [Record(kind: 1, entity: "a", turn: .sample(1))])

  private func started() async throws -> (DynamoDBStore, Table) {
    let name = Tables.name()
    let store = try await Tables.store(name)
    let head = try await store.raiseFence(7, writer: WriterID(1))
    for number in 0..<3 as Range<UInt64> {
      let batch = AppendBatch(
        shard: 7, fence: head.fence, writer: WriterID(1), batch: number + 1, from: Offset(number),
        records: [Record(kind: 1, entity: "a", turn: .sample(number))])
      #expect(try await store.append([batch]) == [.appended(Offset(number + 1))])
    }
    return (store, try Tables.raw(name))
  }

  private func change(_ key: ItemKey, in table: Table, _ body: (inout Item) -> Void) async throws {
    var budget = Budget("a test", within: .seconds(60))
    var item = try #require(try await table.get(key, &budget))
    body(&item)
    _ = try await table.put(item, if: nil, &budget)
  }

  @Test func aDamagedBatchIsNamed() async throws {
    let (store, table) = try await started()
    try await change(.log(7, Offset(1), Fence(1)), in: table) { item in
      guard case .bytes(var bytes)? = item.attributes["body"] else { return }
      bytes[bytes.count - 1] ^= 1
      item.attributes["body"] = .bytes(bytes)
    }
    let error = await failure { try await store.readTail(7, from: Offset(0)) }
    #expect(error == .corrupt("the batch at 1 of shard 7: its checksum does not match its bytes"))
    #expect(try await store.readTail(7, from: Offset(2)).count == 1, "what is whole is served")
    await store.close()
    await table.client.close()
  }

  @Test func aMissingBatchIsNamed() async throws {
    let (store, table) = try await started()
    var budget = Budget("a test", within: .seconds(60))
    try await table.batch(remove: [.log(7, Offset(1), Fence(1))], &budget)
    let error = await failure { try await store.readTail(7, from: Offset(0)) }
    #expect(error == .corrupt("the log of shard 7 has nothing at 1"))
    await store.close()
    await table.client.close()
  }

  @Test func aShardThatWasTurnedBackIsNamed() async throws {
    let (store, table) = try await started()
    try await change(.shard(7), in: table) { $0.attributes["fence"] = .number(9) }
    #expect(await failure { try await store.readHead(7) }?.code == "store_corrupt")
    await store.close()
    await table.client.close()
  }

  @Test func aNewerFormatIsRefused() async throws {
    let name = Tables.name()
    let store = try await Tables.store(name)
    await store.close()
    let table = try Tables.raw(name)
    try await change(.format, in: table) { $0.attributes["version"] = .number(StoreSchema.version + 1) }
    let error = await failure { try await Tables.store(name) }
    #expect(error?.code == "store_newer_format" && error?.description.contains(name) == true)
    await table.client.close()
  }

  @Test func aTableThatIsNotToBeMadeIsNamed() async throws {
    let name = Tables.name()
    let configuration = try Tables.configuration()
    let error = await failure { try await DynamoDBStore.open(table: name, configuration, creates: false) }
    #expect(error?.code == "store_unavailable" && error?.description.contains(name) == true)
  }

  @Test func twoThatOpenANewTableAtOnceBothHaveIt() async throws {
    let name = Tables.name()
    async let one = Tables.store(name)
    async let other = Tables.store(name)
    let stores = [try await one, try await other]
    let head = try await stores[0].raiseFence(1, writer: WriterID(1))
    #expect(try await stores[1].readHead(1) == head)
    for store in stores { await store.close() }
  }
}
