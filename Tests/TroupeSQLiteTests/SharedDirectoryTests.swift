// Several processes, and several stores of one process, on one directory.
import Foundation
import Testing
import TroupeCluster
import TroupeJournal
import TroupeSQLite

@Suite struct SharedDirectoryTests {
  @Test func threeProcessesWriteWithoutPauseAndNoneStarves() async throws {
    let directory = ScratchDirectory()
    let path = directory.path
    async let first = #expect(processExitsWith: .success) { [path = path as String] in try await Busy.write(1, in: path) }
    async let second = #expect(processExitsWith: .success) { [path = path as String] in try await Busy.write(2, in: path) }
    async let third = #expect(processExitsWith: .success) { [path = path as String] in try await Busy.write(3, in: path) }
    _ = await (first, second, third)

    let store = try SQLiteStore.patient(path)
    for number in 1...3 {
      for shard in Busy.shards(of: number) {
        let tail = try await store.readTail(shard, from: Offset(0))
        #expect(tail.map(\.turn.call.sequence) == Array(0..<UInt64(Busy.rounds)))
      }
    }
    await store.close()
  }

  @Test func oneShardIsFencedAcrossStores() async throws {
    let directory = ScratchDirectory()
    let (old, new) = (try SQLiteStore.patient(directory.path), try SQLiteStore.patient(directory.path))
    let before = try await old.raiseFence(3, writer: WriterID(1))
    #expect(try await old.append([.one(before, from: 0)]) == [.appended(Offset(1))])
    let after = try await new.raiseFence(3, writer: WriterID(2))
    #expect(after.end == Offset(1))
    #expect(try await old.append([.one(before, from: 1)]) == [.conflict(after)])
    #expect(try await new.append([.one(after, from: 1)]) == [.appended(Offset(2))])
    #expect(try await old.readTail(3, from: Offset(0)).count == 2)
    // What the first remembers of the head is of no use to it any more, nor harms when it comes back.
    let again = try await old.raiseFence(3, writer: WriterID(1))
    #expect(try await old.append([.one(again, from: 2)]) == [.appended(Offset(3))])
    await old.close()
    await new.close()
  }

  @Test func manyProcessesMayCreateOneStore() async throws {
    let directory = ScratchDirectory()
    let path = directory.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          let store = try SQLiteStore.patient(path)
          _ = try await store.raiseFence(ShardID(number), writer: WriterID(1))
          await store.close()
        }
      }
      try await group.waitForAll()
    }
  }
}

/// What a process does that never lets the disk rest.
enum Busy {
  static let rounds = 150

  static func shards(of number: Int) -> [ShardID] { (0..<50).map { ShardID(number * 100 + $0) } }

  static func write(_ number: Int, in directory: String) async throws {
    let store = try SQLiteStore.patient(directory)
    var heads: [(ShardID, Head)] = []
    for shard in shards(of: number) { heads.append((shard, try await store.raiseFence(shard, writer: WriterID(UInt64(number))))) }
    for round in 0..<UInt64(rounds) {
      let outcomes = try await store.append(heads.map { .one($0.1, from: round, shard: $0.0) })
      guard outcomes.allSatisfy({ $0 == .appended(Offset(round + 1)) }) else { fatalError("\(outcomes)") }
    }
    await store.close()
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
