// Several owners of one shard who do not know of each other: their log is one history all the same.
import PostgresServer
import Testing
import TroupeCluster
import TroupeJournal
import TroupePostgres

@Suite struct OneHistoryTests {
  @Test func ownersThatFightOverAShardWriteOneHistory() async throws {
    let conninfo = try SharedServer.freshSchema()
    let acknowledged = try await withThrowingTaskGroup(of: [UInt64].self) { group in
      for number in 1...4 as ClosedRange<UInt64> {
        group.addTask {
          let store = try PostgresStore.patient(conninfo)
          var head = try await store.raiseFence(3, writer: WriterID(number))
          var mine: [UInt64] = []
          for turn in 0..<60 as Range<UInt64> {
            let sequence = number * 1_000 + turn
            let batch = AppendBatch(
              shard: 3, fence: head.fence, writer: WriterID(number), batch: turn + 1, from: head.end,
              records: [Record(kind: 1, entity: "alice", turn: .numbered(sequence))])
            switch try await store.append([batch])[0] {
            case .appended(let end):
              mine.append(sequence)
              head.end = end
            case .conflict:
              // It believes for a while that the shard is its own, then takes it back.
              if turn.isMultiple(of: 3) { head = try await store.raiseFence(3, writer: WriterID(number)) }
            }
          }
          await store.close()
          return mine
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let store = try PostgresStore.patient(conninfo)
    let tail = try await store.readTail(3, from: Offset(0))
    #expect(tail.map(\.offset.value) == Array(0..<UInt64(tail.count)))
    #expect(tail.map(\.turn.call.sequence).sorted() == acknowledged.sorted())
    await store.close()
  }

  @Test func oneShardIsFencedAcrossStores() async throws {
    let conninfo = try SharedServer.freshSchema()
    let (old, new) = (try PostgresStore.patient(conninfo), try PostgresStore.patient(conninfo))
    let before = try await old.raiseFence(3, writer: WriterID(1))
    #expect(try await old.append([.one(before, from: 0)]) == [.appended(Offset(1))])
    let after = try await new.raiseFence(3, writer: WriterID(2))
    #expect(after.end == Offset(1))
    #expect(try await old.append([.one(before, from: 1)]) == [.conflict(after)])
    #expect(try await new.append([.one(after, from: 1)]) == [.appended(Offset(2))])
    #expect(try await old.readTail(3, from: Offset(0)).count == 2)
    await old.close()
    await new.close()
  }
}
