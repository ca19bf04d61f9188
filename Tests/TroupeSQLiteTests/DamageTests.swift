// Bytes that are not what was written: found, named, never served. And files that are not ours to read.
import Foundation
import GRDB
import Testing
import TroupeCluster
import TroupeJournal
import TroupeSQLite

@Suite struct DamageTests {
  private let directory = ScratchDirectory()

  /// Two shards with three batches each and a snapshot; then `sql` is run on one of the files, behind the store's back.
  private func damaged(in file: String = "log.sqlite", by sql: String) async throws -> SQLiteStore {
    let store = try SQLiteStore.patient(directory.path)
    let view = View.first(cluster: "test", member: Member(id: "a", incarnation: 1, addresses: ["127.0.0.1:1"]))
    _ = try await store.createCluster(view)
    for shard: ShardID in [3, 4] {
      let head = try await store.raiseFence(shard, writer: WriterID(1))
      for offset: UInt64 in 0..<3 { _ = try await store.append([.one(head, from: offset, shard: shard)]) }
      try await store.writeSnapshots(
        [SnapshotWrite(kind: 1, entity: "bob", offset: Offset(1), state: [1, 2, 3])], shard: shard, floor: Offset(0),
        fence: head.fence)
    }
    await store.close()
    let tool = try DatabaseQueue.patient(directory.path + "/" + file)
    try await tool.write { try $0.execute(sql: sql) }
    try tool.close()
    return try SQLiteStore.patient(directory.path)
  }

  private func expect(_ error: StoreError?, names part: String) {
    #expect(
      error?.code == "store_corrupt" && error.map { "\($0)".contains(part) } == true, "\(error.map { "\($0)" } ?? "nothing was thrown")")
  }

  @Test(
    "a row of the log that changed is named, and other shards are served",
    arguments: [
      "records = zeroblob(length(records))", "records = substr(records, 1, 20)", "first = 7", "previous = 0", "writer = 2",
      "batch = 9", "count = 2", "shard = 5",
    ])
  func row(_ change: String) async throws {
    let store = try await damaged(by: "UPDATE log SET \(change) WHERE row = 2")
    expect(await failure { try await store.readTail(3, from: Offset(0)) }, names: "row 2 ")
    #expect(try await store.readTail(4, from: Offset(0)).count == 3)
    await store.close()
  }

  @Test func aMissingRowIsNamed() async throws {
    let store = try await damaged(by: "DELETE FROM log WHERE row = 2")
    expect(await failure { try await store.readTail(3, from: Offset(0)) }, names: "row 2 ")
    await store.close()
  }

  @Test(
    "a head that changed is named, nobody takes the shard over, and nothing is appended",
    arguments: [
      "end = 2", "end = 9", "fence = 7", "floor = 3", "last_row = 2", "owner = 2",
    ])
  func head(_ change: String) async throws {
    let store = try await damaged(by: "UPDATE heads SET \(change) WHERE shard = 3")
    expect(await failure { try await store.raiseFence(3, writer: WriterID(2)) }, names: "shard 3")
    expect(await failure { try await store.readTail(3, from: Offset(0)) }, names: "shard 3")
    let stale = AppendBatch(
      shard: 3, fence: Fence(1), writer: WriterID(1), batch: 4, from: Offset(3),
      records: [TroupeJournal.Record(kind: 1, entity: "alice", turn: .numbered(3))])
    let sound = AppendBatch(
      shard: 4, fence: Fence(1), writer: WriterID(1), batch: 4, from: Offset(3), records: stale.records)
    let outcomes = try await store.append([stale, sound])
    guard case .conflict = outcomes[0] else { return #expect(Bool(false), "\(outcomes[0])") }
    #expect(outcomes[1] == .appended(Offset(4)))
    await store.close()
  }

  @Test func aSnapshotThatChangedIsNamed() async throws {
    let store = try await damaged(by: "UPDATE snapshots SET state = x'010204' WHERE shard = 3")
    expect(await failure { try await store.readSnapshot(3, kind: 1, entity: "bob") }, names: "bob")
    #expect(try await store.readSnapshot(4, kind: 1, entity: "bob")?.state == [1, 2, 3])
    await store.close()
  }

  @Test func aRegisterThatChangedIsNamed() async throws {
    let store = try await damaged(in: "register.sqlite", by: "UPDATE register SET view = zeroblob(length(view))")
    expect(await failure { try await store.readRegister() }, names: "register")
    await store.close()
  }

  @Test func aStoreOfTheFormatBeforeIsBroughtForward() async throws {
    let path = directory.path + "/log.sqlite"
    let first = try SQLiteStore.open(directory: directory.path)
    let head = try await first.raiseFence(7, writer: WriterID(1))
    let write = SnapshotWrite(kind: 1, entity: "alice", offset: Offset(0), state: [1])
    try await first.writeSnapshots([write], shard: 7, floor: Offset(0), fence: head.fence)
    await first.close()
    // As formats 1 and 2 were: no tombstones, wakes, marks and consumers, and heads that knew nothing of what is kept.
    let checksum = Int64(bitPattern: Checksum.of(numbers: 7, head.fence.value, 1, 0, 0, 0))
    let tool = try DatabaseQueue.patient(path)
    try await tool.write { db in
      try db.execute(
        sql: """
          DROP INDEX wakes; DROP TABLE marks; DROP TABLE consumers;
          ALTER TABLE snapshots DROP COLUMN wake; ALTER TABLE snapshots DROP COLUMN tombstone;
          ALTER TABLE heads DROP COLUMN kept; UPDATE heads SET checksum = \(checksum);
          PRAGMA user_version = 1
          """)
    }
    try tool.close()

    let second = try SQLiteStore.open(directory: directory.path)
    #expect(try await second.readHead(7)?.fence == head.fence)
    #expect(try await second.readConsumers(7).isEmpty)
    #expect(try await second.listEntities(7, kind: 1, after: nil, limit: 9) == ["alice"])
    #expect(try await second.readSnapshot(7, kind: 1, entity: "alice")?.state == [1])
    await second.close()
  }

  @Test("files of a newer version are refused in one sentence and not touched", arguments: ["register.sqlite", "log.sqlite"])
  func newer(_ file: String) async throws {
    let path = directory.path + "/" + file
    let error = await failure { try await damaged(in: file, by: "PRAGMA user_version = 99") }
    #expect(
      error
        == .newerFormat(
          "\(path) was written by a newer version (format 99; this one knows formats up to 3); nothing was touched"))
    let tool = try DatabaseQueue.patient(path)
    #expect(try await tool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 99)
    try tool.close()
  }

  @Test("a file of something else is refused and not touched", arguments: ["register.sqlite", "log.sqlite"])
  func foreign(_ file: String) async throws {
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
    let path = directory.path + "/" + file
    let other = try DatabaseQueue.patient(path)
    try await other.write { try $0.execute(sql: "CREATE TABLE theirs(x)") }
    try other.close()
    let before = try Data(contentsOf: URL(filePath: path))
    #expect(throws: StoreError.invalid("\(path) is an SQLite file of something else; nothing was touched")) {
      try SQLiteStore.patient(directory.path)
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test func aFileThatIsNoDatabaseIsCorrupt() async throws {
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
    try Data(repeating: 65, count: 8_192).write(to: URL(filePath: directory.path + "/log.sqlite"))
    expect(await failure { try SQLiteStore.patient(directory.path) }, names: "log.sqlite")
  }

  @Test func aDirectoryThatCannotBeMadeIsNamed() async throws {
    let error = await failure { try SQLiteStore.open(directory: "/proc/nowhere") }
    #expect(error?.code == "store_unavailable" && error.map { "\($0)".contains("/proc/nowhere") } == true)
  }
}
