// What every store must do with snapshots and the records below them.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  private static func write(_ entity: String, _ offset: UInt64, _ state: [UInt8]?, kind: UInt32 = 1) -> SnapshotWrite {
    SnapshotWrite(kind: kind, entity: entity, offset: Offset(offset), state: state)
  }

  static var snapshots: [StoreRule] {
    [
      StoreRule("a snapshot is read back; entities that have none are nil") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append((0..<4).map { .sample($0) })
        try await store.writeSnapshots(
          [write("alice", 3, [1, 2]), write("empty", 4, [])], shard: 7, floor: Offset(3), fence: owner.head.fence)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice") == Snapshot(offset: Offset(3), state: [1, 2]))
        #expect(try await store.readSnapshot(7, kind: 1, entity: "empty") == Snapshot(offset: Offset(4), state: []))
        #expect(try await store.readSnapshot(7, kind: 2, entity: "alice") == nil)
        #expect(try await store.readSnapshot(8, kind: 1, entity: "alice") == nil)
      },
      StoreRule("a snapshot only moves forward, and a floor never falls") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append((0..<4).map { .sample($0) })
        let fence = owner.head.fence
        try await store.writeSnapshots([write("alice", 3, [3])], shard: 7, floor: Offset(3), fence: fence)
        try await store.writeSnapshots([write("alice", 2, [2])], shard: 7, floor: Offset(1), fence: fence)
        try await store.writeSnapshots([write("alice", 2, nil)], shard: 7, floor: Offset(1), fence: fence)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice")?.state == [3])
        #expect(try await store.readHead(7)?.floor == Offset(3))
        try await store.writeSnapshots([write("alice", 4, [4])], shard: 7, floor: Offset(3), fence: fence)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice")?.state == [4])
        try await store.writeSnapshots([write("alice", 4, nil)], shard: 7, floor: Offset(3), fence: fence)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice") == nil)
      },
      StoreRule("a snapshot that comes after a later checkpoint brings nothing back") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append((0..<4).map { .sample($0) })
        let fence = owner.head.fence
        try await store.writeSnapshots([write("alice", 2, [2])], shard: 7, floor: Offset(2), fence: fence)
        try await store.writeSnapshots([write("alice", 4, nil)], shard: 7, floor: Offset(4), fence: fence)
        try await store.writeSnapshots([write("alice", 2, [2]), write("bob", 1, [1])], shard: 7, floor: Offset(2), fence: fence)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice") == nil)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "bob") == nil)
      },
      StoreRule("a tail begins at the floor, and the log goes on behind it") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append((0..<4).map { .sample($0) })
        try await store.writeSnapshots([], shard: 7, floor: Offset(3), fence: owner.head.fence)
        #expect(try await store.readTail(7, from: Offset(0)).map(\.offset.value) == [3])
        try await store.writeSnapshots([], shard: 7, floor: Offset(4), fence: owner.head.fence)
        #expect(try await store.readTail(7, from: Offset(0)).isEmpty)
        let next = try await Owner(2, in: store)
        #expect(next.head.floor == Offset(4) && next.head.end == Offset(4) && next.head.lastWriter == WriterID(1))
        try await next.append([.sample(4)])
        #expect(try await store.readTail(7, from: Offset(0)).map(\.turn) == [.sample(4)])
      },
      StoreRule("a stale owner stores no snapshot") { store in
        let old = try await Owner(1, in: store)
        try await old.append([.sample(0)])
        let new = try await Owner(2, in: store)
        await #expect(throws: StoreError.staleFence(new.head)) {
          try await store.writeSnapshots([write("alice", 1, [1])], shard: 7, floor: Offset(1), fence: old.head.fence)
        }
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice") == nil)
        #expect(try await store.readHead(7)?.floor == Offset(0))
      },
      StoreRule("a snapshot holds committed state only: none beyond the end") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append([.sample(0)])
        for (offset, floor): (UInt64, UInt64) in [(2, 0), (1, 2)] {
          let error = await failure {
            try await store.writeSnapshots(
              [write("alice", offset, [1])], shard: 7, floor: Offset(floor), fence: owner.head.fence)
          }
          #expect(error?.code == "store_invalid")
        }
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice") == nil)
      },
      StoreRule("what is left of a deleted entity is read but not listed, until it lives again") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append((0..<4).map { .sample($0) })
        func put(_ offset: UInt64, tombstone: Bool) async throws {
          let write = SnapshotWrite(kind: 1, entity: "alice", offset: Offset(offset), state: [1], isTombstone: tombstone)
          try await store.writeSnapshots([write], shard: 7, floor: Offset(0), fence: owner.head.fence)
        }
        try await put(1, tombstone: true)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "alice")?.state == [1])
        #expect(try await store.listEntities(7, kind: 1, after: nil, limit: 3).isEmpty)
        try await put(2, tombstone: false)
        #expect(try await store.listEntities(7, kind: 1, after: nil, limit: 3) == ["alice"])
      },
      StoreRule("entities are listed by kind, in order, page by page") { store in
        let owner = try await Owner(1, in: store)
        let names = ["b", "a", "é", "a0", "Z"]
        try await store.writeSnapshots(
          names.map { write($0, 0, [1]) } + [write("other", 0, [1], kind: 2)], shard: 7, floor: Offset(0), fence: owner.head.fence)
        #expect(try await store.listEntities(7, kind: 1, after: nil, limit: 3) == ["Z", "a", "a0"])
        #expect(try await store.listEntities(7, kind: 1, after: "a0", limit: 3) == ["b", "é"])
        #expect(try await store.listEntities(8, kind: 1, after: nil, limit: 3).isEmpty)
      },
    ]
  }
}
