// The write side of a shard as a dialogue: turns in, batches out one at a time, replies held until their record is durable.
import Testing

@testable import Troupe

@Suite struct ShardJournalTests {
  static let writer = WriterID(1)

  static func journal() -> ShardJournal { ShardJournal(fence: Fence(3), end: Offset(10), nextBatch: 4) }
  static func record(_ name: String) -> Record { Record(kind: 1, entity: name, payload: [1]) }

  @Test func oneBatchIsInFlightAtATime() throws {
    var journal = Self.journal()
    let early = journal.takeBatch(shard: 0, writer: Self.writer)
    #expect(early == nil)
    let offsets = [journal.record(Self.record("a")), journal.record(Self.record("b"))]
    #expect(offsets == [Offset(11), Offset(12)])
    let firstBatch = journal.takeBatch(shard: 0, writer: Self.writer)
    let first = try #require(firstBatch)
    #expect(first.from == Offset(10) && first.records.count == 2 && first.fence == Fence(3) && first.batch == 4)
    let third = journal.record(Self.record("c"))
    let tooSoon = journal.takeBatch(shard: 0, writer: Self.writer)
    #expect(third == Offset(13) && tooSoon == nil)
    _ = journal.appended(to: Offset(12))
    let secondBatch = journal.takeBatch(shard: 0, writer: Self.writer)
    let second = try #require(secondBatch)
    #expect(second.from == Offset(12) && second.records.count == 1 && second.batch == 5)
    _ = journal.appended(to: Offset(13))
    #expect(journal.isSettled)
  }

  @Test func aReplyWaitsForItsRecordAndForThoseBefore() async throws {
    // Continuations stand in for callers: each must be released exactly once.
    var journal = Self.journal()
    let first = journal.record(Self.record("a"))
    #expect(!journal.isDurable(first) && journal.isDurable(Offset(10)))
    _ = journal.takeBatch(shard: 0, writer: Self.writer)
    let second = journal.record(Self.record("b"))
    let box = Box(journal)
    let early = await withUnsafeContinuation { (waiter: UnsafeContinuation<Bool, Never>) in
      box.journal.hold(until: first, .signal(waiter))
      Self.release(box.journal.appended(to: first))
    }
    #expect(early)
    let late = await withUnsafeContinuation { (waiter: UnsafeContinuation<Bool, Never>) in
      box.journal.hold(until: second, .signal(waiter))
      let released = box.journal.appended(to: first)
      #expect(released.isEmpty)
      Self.release(box.journal.abandon(), durable: false)
    }
    #expect(!late)
  }

  static func release(_ held: [ShardJournal.Held], durable: Bool = true) {
    for case .signal(let waiter) in held.map(\.release) { waiter.resume(returning: durable) }
  }

  final class Box {
    var journal: ShardJournal
    init(_ journal: ShardJournal) { self.journal = journal }
  }

  @Test func anAbandonedJournalHasNothingToAppend() {
    var journal = Self.journal()
    _ = journal.record(Self.record("a"))
    let abandoned = journal.abandon()
    #expect(abandoned.isEmpty)
    #expect(!journal.wantsAppend)
  }
}
