// What every store must do with appends.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  static var append: [StoreRule] {
    [
      StoreRule("what was appended is read back, in order and whole") { store in
        let owner = try await Owner(1, in: store)
        #expect(owner.head.end == Offset(0))
        #expect(try await owner.append([.sample(0), .sample(1, entity: "bob", kind: 2)]) == .appended(Offset(2)))
        #expect(try await owner.append([.sample(2, entity: "ünïcode ✓")]) == .appended(Offset(3)))
        let tail = try await store.readTail(owner.shard, from: Offset(0))
        #expect(tail.map(\.offset) == [Offset(0), Offset(1), Offset(2)])
        #expect(tail.map(\.entity) == ["alice", "bob", "ünïcode ✓"])
        #expect(tail.map(\.kind) == [1, 2, 1])
        #expect(tail.map(\.turn) == [.sample(0), .sample(1), .sample(2)])
      },
      StoreRule("a tail begins in the middle of a batch") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append((0..<5).map { .sample($0) })
        try await owner.append((5..<9).map { .sample($0) })
        #expect(try await store.readTail(owner.shard, from: Offset(3)).map(\.offset.value) == [3, 4, 5, 6, 7, 8])
        #expect(try await store.readTail(owner.shard, from: Offset(9)).isEmpty)
      },
      StoreRule("a batch that is there already is success, once and as often as it is sent") { store in
        let owner = try await Owner(1, in: store)
        let batch = owner.batch([.sample(0), .sample(1)])
        for _ in 0..<3 { #expect(try await store.append([batch]) == [.appended(Offset(2))]) }
        #expect(try await store.append([batch, batch]) == [.appended(Offset(2)), .appended(Offset(2))])
        #expect(try await store.readTail(owner.shard, from: Offset(0)).count == 2)
      },
      StoreRule("another batch at the same offset is a conflict and changes nothing") { store in
        let owner = try await Owner(1, in: store)
        let (first, second) = (owner.batch([.sample(0)]), owner.batch([.sample(1)]))
        let outcomes = try await store.append([first, second])
        #expect(outcomes[0] == .appended(Offset(1)))
        guard case .conflict(let head) = outcomes[1] else { return #expect(Bool(false), "\(outcomes[1])") }
        #expect(head.end == Offset(1) && head.lastBatch == first.batch && head.lastWriter == owner.writer)
        #expect(try await store.readTail(owner.shard, from: Offset(0)).map(\.turn) == [.sample(0)])
      },
      StoreRule("a batch beyond the end is a conflict: no gap") { store in
        let owner = try await Owner(1, in: store)
        let beyond = AppendBatch(
          shard: owner.shard, fence: owner.head.fence, writer: owner.writer, batch: 1, from: Offset(1), records: [.sample(0)])
        guard case .conflict = try await store.append([beyond])[0] else { return #expect(Bool(false)) }
        #expect(try await store.readHead(owner.shard)?.end == Offset(0))
      },
      StoreRule("one shard's conflict is that shard's alone") { store in
        let owners = [try await Owner(1, of: 1, in: store), try await Owner(1, of: 2, in: store), try await Owner(1, of: 3, in: store)]
        _ = try await store.raiseFence(2, writer: WriterID(2))
        let outcomes = try await store.append(owners.map { $0.batch([.sample(0)]) })
        #expect(outcomes[0] == .appended(Offset(1)) && outcomes[2] == .appended(Offset(1)))
        guard case .conflict = outcomes[1] else { return #expect(Bool(false)) }
        #expect(try await store.readTail(2, from: Offset(0)).isEmpty)
        #expect(try await store.readTail(3, from: Offset(0)).count == 1)
      },
      StoreRule("appends of many shards at once all land") { store in
        let count = 64
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<count {
            group.addTask {
              let owner = try await Owner(UInt64(number + 1), of: ShardID(number), in: store)
              for turn in 0..<20 { #expect(try await owner.append([.sample(UInt64(turn))]) == .appended(Offset(UInt64(turn + 1)))) }
            }
          }
          try await group.waitForAll()
        }
        for number in 0..<count {
          #expect(try await store.readTail(ShardID(number), from: Offset(0)).map(\.turn.call.sequence) == Array(0..<20))
        }
      },
      StoreRule("the log of one entity: its newest records, oldest first") { store in
        let owner = try await Owner(1, in: store)
        for turn in 0..<6 as Range<UInt64> { try await owner.append([.sample(turn), .sample(turn + 100, entity: "bob")]) }
        let log = try await store.readLog(owner.shard, kind: 1, entity: "bob", limit: 3)
        #expect(log.map(\.turn) == [.sample(103), .sample(104), .sample(105)])
        #expect(try await store.readLog(owner.shard, kind: 2, entity: "bob", limit: 3).isEmpty)
      },
    ]
  }
}
