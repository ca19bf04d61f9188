// The server is killed with all its processes, at any instant, while stores append; it comes back, and what was acknowledged is there.
import Foundation
import PostgresServer
import Synchronization
import Testing
import TroupeCluster
import TroupeJournal
import TroupePostgres

@Suite(.serialized) struct KilledServerTests {
  @Test("every acknowledged append survives kill -9 of the server, every other one is whole or absent")
  func survives() async throws {
    let server = try PostgresServer()
    let store = try PostgresStore.open(server.conninfo())
    let isOver = Flag()
    try await withThrowingTaskGroup(of: KilledOwner.self) { group in
      for index in 0..<8 {
        group.addTask {
          var owner = try await KilledOwner(ShardID(index), store)
          while !isOver.isRaised { try await owner.appendOrSettle(store) }
          return owner
        }
      }
      group.addTask {
        var owner = try await KilledOwner(8, store)
        for _ in 0..<5 {
          // Somewhere in the middle of the others' work: after so many of our own appends.
          for _ in 0..<Int.random(in: 20..<80) { try await owner.appendOrSettle(store) }
          server.kill()
          try server.start()
        }
        isOver.raise()
        return owner
      }
      var doubts = 0
      for try await owner in group {
        doubts += owner.unknown
        let tail = try await persist { try await store.readTail(owner.shard, from: Offset(0)) }
        #expect(tail.map(\.turn.call.sequence) == owner.written, "shard \(owner.shard): acknowledged ones once, and no others")
        #expect(tail.map(\.offset.value) == Array(0..<UInt64(tail.count)))
      }
      #expect(doubts > 0, "nobody was ever in doubt: the kills hit nothing")
    }
    await store.close()
  }
}

final class Flag: Sendable {
  private let value = Mutex(false)
  var isRaised: Bool { value.withLock { $0 } }
  func raise() { value.withLock { $0 = true } }
}

/// An owner that believes nothing it was not told: what is in doubt it settles behind a raised fence.
struct KilledOwner {
  let shard: ShardID
  private let writer: WriterID
  private var head: Head
  private var batches: UInt64 = 0
  /// Sequences that the log must hold, in order.
  private(set) var written: [UInt64] = []
  private(set) var unknown = 0

  init(_ shard: ShardID, _ store: PostgresStore) async throws {
    self.shard = shard
    let writer = WriterID(UInt64(shard.value) + 1)
    self.writer = writer
    head = try await persist { try await store.raiseFence(shard, writer: writer) }
  }

  mutating func appendOrSettle(_ store: PostgresStore) async throws {
    batches += 1
    let sequences = (0..<3).map { batches * 10 + $0 }
    let records = sequences.map { Record(kind: 1, entity: "alice", turn: .numbered($0)) }
    let batch = AppendBatch(shard: shard, fence: head.fence, writer: writer, batch: batches, from: head.end, records: records)
    do {
      let outcome = try await store.append([batch])[0]
      try #require(outcome == .appended(batch.end))
      head.end = batch.end
      written += sequences
    } catch let error as StoreError where error.outcomeIsUnknown {
      unknown += 1
      head = try await persist { [shard, writer] in try await store.raiseFence(shard, writer: writer) }
      let outcome = try await persist { try await store.settle(batch.name) }
      try #require(outcome == .landed || outcome == .absent)
      if outcome == .landed { written += sequences }
      try #require(head.end == (outcome == .landed ? batch.end : batch.from), "whole or absent")
    } catch let error as StoreError where error.mayRetry {
      // Nothing was done.
      try #require(error.code == "store_unavailable")
    }
  }
}

extension TurnRecord {
  static func numbered(_ number: UInt64) -> TurnRecord {
    TurnRecord(
      call: CallID(caller: 1, sequence: number), method: 1, argumentsHash: 1, status: 0, reply: [],
      events: [[UInt8](repeating: 1, count: 100)], wallTime: 0, isDelete: false)
  }
}

extension AppendBatch {
  /// One turn, by the owner of the head.
  static func one(_ head: Head, from offset: UInt64, shard: ShardID = 3) -> AppendBatch {
    AppendBatch(
      shard: shard, fence: head.fence, writer: head.owner, batch: offset + 1, from: Offset(offset),
      records: [Record(kind: 1, entity: "alice", turn: .numbered(offset))])
  }
}

/// What a call of the store threw.
func failure(_ call: () async throws -> some Any) async -> StoreError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? StoreError
  }
}
