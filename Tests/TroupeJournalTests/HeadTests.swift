// The head of a shard's log: who may append, and who has lost the shard.

import Testing
import TroupeCluster
import TroupeJournal

@Suite struct HeadTests {
  private let head = Head(
    fence: Fence(3), owner: WriterID(9), end: Offset(10), floor: Offset(2), kept: Offset(2), lastWriter: WriterID(9), lastBatch: 4,
    lastFrom: Offset(8))

  private func batch(fence: UInt64 = 3, writer: UInt64 = 9, batch: UInt64 = 5, from: UInt64 = 10, count: Int = 2) -> AppendBatch {
    let record = Record(kind: 1, entity: "alice", payload: [1])
    return AppendBatch(
      shard: 7, fence: Fence(fence), writer: WriterID(writer), batch: batch, from: Offset(from),
      records: Array(repeating: record, count: count))
  }

  @Test func admitsWhatFollows() {
    #expect(head.verdict(on: batch()) == .append)
    var next = head
    next.take(batch())
    #expect(next.end == Offset(12) && next.lastBatch == 5 && next.lastFrom == Offset(10) && next.fence == Fence(3))
    #expect(next.verdict(on: batch()) == .duplicate)
  }

  @Test func refusesEverybodyElse() {
    #expect(head.verdict(on: batch(fence: 2)) == .conflict)
    #expect(head.verdict(on: batch(fence: 4)) == .conflict)
    #expect(head.verdict(on: batch(writer: 8)) == .conflict)
    #expect(head.verdict(on: batch(from: 9)) == .conflict)
    #expect(head.verdict(on: batch(from: 11)) == .conflict)
  }

  @Test func knowsItsLastBatchOnlyByItsWholeName() {
    #expect(head.verdict(on: batch(batch: 4, from: 8)) == .duplicate)
    #expect(head.verdict(on: batch(batch: 4, from: 8, count: 1)) == .conflict)
    #expect(head.verdict(on: batch(batch: 3, from: 8)) == .conflict)
    var raised = head
    raised.raise(for: WriterID(9))
    #expect(raised.verdict(on: batch(batch: 4, from: 8)) == .conflict)
    #expect(raised.verdict(on: batch(fence: 4, batch: 4, from: 8)) == .duplicate)
  }
}
