// A process that appends is killed with SIGKILL in the middle of its work. What it was told is durable must be there.
import Foundation
import StoreContract
import Testing
import TroupeCluster
import TroupeJournal
import TroupeSQLite

@Suite struct KilledWriterTests {
  @Test("every acknowledged append survives kill -9", arguments: 0..<5)
  func survives(_ round: Int) async throws {
    let directory = ScratchDirectory()
    let path = directory.path
    let acknowledged = path + "-acknowledged"
    defer { try? FileManager.default.removeItem(atPath: acknowledged) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, acknowledged = acknowledged as String] in
      try await Writers.runUntilKilled(in: path, acknowledged: acknowledged)
    }
    let last = try Writers.lastAcknowledged(in: acknowledged)
    #expect(last.count == Writers.shards && last.values.allSatisfy { $0 > 0 })

    let store = try SQLiteStore.patient(path)
    for shard in 0..<Writers.shards {
      let head = try await store.raiseFence(ShardID(shard), writer: WriterID(99))
      let tail = try await store.readTail(ShardID(shard), from: Offset(0))
      #expect(tail.map(\.turn.call.sequence) == Array(0..<head.end.value), "no gap, no fork")
      #expect(head.end.value >= last[shard, default: 0], "shard \(shard)")
      // One batch may have landed whose acknowledgement nobody heard; never more.
      #expect(head.end.value <= last[shard, default: 0] + Writers.batch)
    }
    await store.close()
  }
}

/// What runs in the process that is killed.
enum Writers {
  static let shards = 8
  static let batch: UInt64 = 3

  static func runUntilKilled(in directory: String, acknowledged: String) async throws {
    let store = try SQLiteStore.patient(directory)
    let file = open(acknowledged, O_CREAT | O_WRONLY | O_APPEND, 0o600)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for shard in 0..<shards {
        group.addTask { try await appendForEver(ShardID(shard), store, acknowledged: file) }
      }
      try await group.waitForAll()
    }
  }

  private static func appendForEver(_ shard: ShardID, _ store: SQLiteStore, acknowledged: Int32) async throws {
    let writer = WriterID(UInt64(shard.index + 1))
    let head = try await store.raiseFence(shard, writer: writer)
    var end = head.end
    for number in 1...UInt64.max {
      let turns = (0..<batch).map { end.value + $0 }
      let records = turns.map { Record(kind: 1, entity: "alice", turn: .numbered($0)) }
      let outcome = try await store.append([
        AppendBatch(shard: shard, fence: head.fence, writer: writer, batch: number, from: end, records: records)
      ])
      guard case .appended(let new) = outcome[0] else { fatalError("\(outcome)") }
      end = new
      acknowledge(shard, end, in: acknowledged)
      // All have been heard of by now; the others are anywhere in their appends, or in the commit.
      if shard.index == 0, number == 100, Int.random(in: 0..<2) == 0 { kill(getpid(), SIGKILL) }
      if shard.index == 1, number == 150 { kill(getpid(), SIGKILL) }
    }
  }

  /// One write, so that the kill leaves whole lines; what the kernel has survives the process.
  private static func acknowledge(_ shard: ShardID, _ end: Offset, in file: Int32) {
    let line = "\(shard) \(end)\n"
    _ = line.utf8.withContiguousStorageIfAvailable { write(file, $0.baseAddress, $0.count) }
  }

  static func lastAcknowledged(in path: String) throws -> [Int: UInt64] {
    var last: [Int: UInt64] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: " ")
      last[Int(parts[0])!] = UInt64(parts[1])!
    }
    return last
  }
}

extension TurnRecord {
  static func numbered(_ number: UInt64) -> TurnRecord {
    TurnRecord(
      call: CallID(caller: 1, sequence: number), method: 1, argumentsHash: 1, status: 0, reply: [],
      events: [[UInt8](repeating: 1, count: 100)], wallTime: 0, isDelete: false)
  }
}
