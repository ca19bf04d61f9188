// What every store must do with the times at which entities want to be woken.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  private static func write(_ entity: String, _ offset: UInt64, wake: Int64?, kind: UInt32 = 1, state: [UInt8]? = [1]) -> SnapshotWrite {
    SnapshotWrite(kind: kind, entity: entity, offset: Offset(offset), state: state, wake: wake)
  }

  static var wakes: [StoreRule] {
    [
      StoreRule("entities that want to be woken are found by time, page by page") { store in
        let owner = try await Owner(1, in: store)
        try await store.writeSnapshots(
          [
            write("late", 0, wake: 900), write("b", 0, wake: 100), write("a", 0, wake: 100), write("never", 0, wake: nil),
            write("a", 0, wake: 100, kind: 2), write("past", 0, wake: -5),
          ], shard: 7, floor: Offset(0), fence: owner.head.fence)
        let early = [
          Wake(at: -5, kind: 1, entity: "past"), Wake(at: 100, kind: 1, entity: "a"), Wake(at: 100, kind: 1, entity: "b"),
          Wake(at: 100, kind: 2, entity: "a"),
        ]
        #expect(try await store.readWakes(7, after: nil, before: 900, count: 10) == early)
        #expect(try await store.readWakes(7, after: nil, before: 900, count: 3) == Array(early.prefix(3)))
        #expect(try await store.readWakes(7, after: early[2], before: 900, count: 3) == [early[3]])
        #expect(try await store.readWakes(7, after: early[3], before: 901, count: 3) == [Wake(at: 900, kind: 1, entity: "late")])
        #expect(try await store.readWakes(8, after: nil, before: .max, count: 3).isEmpty)
      },
      StoreRule("a newer snapshot moves the wake, or ends it") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append((0..<4).map { .sample($0) })
        func put(_ write: SnapshotWrite) async throws {
          try await store.writeSnapshots([write], shard: 7, floor: Offset(0), fence: owner.head.fence)
        }
        func found() async throws -> [Int64] { try await store.readWakes(7, after: nil, before: .max, count: 9).map(\.at) }
        try await put(write("a", 1, wake: 100))
        try await put(write("a", 2, wake: 50))
        #expect(try await found() == [50])
        try await put(write("a", 1, wake: 100))
        #expect(try await found() == [50], "an older snapshot changes nothing")
        #expect(try await store.readSnapshot(7, kind: 1, entity: "a")?.offset == Offset(2))
        try await put(write("a", 3, wake: nil))
        #expect(try await found().isEmpty)
        try await put(write("a", 4, wake: 70))
        try await put(write("a", 4, wake: nil, state: nil))
        #expect(try await found().isEmpty, "its snapshot was removed")
      },
    ]
  }
}
