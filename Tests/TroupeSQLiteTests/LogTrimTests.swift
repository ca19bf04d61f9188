// Rows that no recovery needs are removed, and no others.
import Foundation
import GRDB
import Testing
import TroupeCluster
import TroupeJournal
import TroupeSQLite

@Suite struct LogTrimTests {
  @Test func rowsBelowTheFloorsGoAndTheOthersStay() async throws {
    let directory = ScratchDirectory()
    let store = try SQLiteStore.patient(directory.path)
    let (idle, busy): (ShardID, ShardID) = (1, 2)
    let idleHead = try await store.raiseFence(idle, writer: WriterID(1))
    _ = try await store.append([.one(idleHead, from: 0, shard: idle)])
    let head = try await store.raiseFence(busy, writer: WriterID(1))
    let rounds: UInt64 = 12, batches: UInt64 = 1_000
    for round in 0..<rounds {
      let start = round * batches
      for offset in start..<(start + batches) where offset % 100 == 0 {
        _ = try await store.append((offset..<(offset + 100)).map { .one(head, from: $0, shard: busy) })
      }
      try await store.writeSnapshots([], shard: busy, floor: Offset(start + batches - 10), fence: head.fence)
    }
    let end = rounds * batches
    // Each transaction removes a piece: the pass ends while others write.
    for offset in end..<(end + 40) { _ = try await store.append([.one(head, from: offset, shard: busy)]) }
    #expect(try await store.readTail(busy, from: Offset(0)).map(\.offset.value) == Array((end - 10)..<(end + 40)))
    #expect(try await store.readTail(idle, from: Offset(0)).count == 1)
    #expect(try await store.raiseFence(busy, writer: WriterID(2)).lastBatch == end + 40)
    await store.close()

    let tool = try DatabaseQueue.patient(directory.path + "/log.sqlite")
    let rows = try await tool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM log") }
    #expect(rows! < 6_000, "of \(end) rows")
    try tool.close()
  }
}
