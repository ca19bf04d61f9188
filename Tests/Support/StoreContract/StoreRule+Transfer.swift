// What every store must do when a shard moves to it from another.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  /// A shard with all that a shard can have, some of its log cut off.
  private static func image() async throws -> ShardImage {
    let source = MemoryStore()
    let owner = try await Owner(5, in: source)
    for turn in 0..<40 as Range<UInt64> { try await owner.append((0..<20).map { .sample(turn * 20 + $0, entity: "e\($0)") }) }
    try await source.writeSnapshots(
      [
        SnapshotWrite(kind: 1, entity: "e1", offset: Offset(700), state: [1, 2, 3], wake: 4_711),
        SnapshotWrite(kind: 1, entity: "gone", offset: Offset(3), state: [], isTombstone: true),
        SnapshotWrite(kind: 9, entity: "ünïcode ✓", offset: Offset(9), state: [UInt8](repeating: 7, count: 100_000)),
      ], shard: 7, floor: Offset(700), kept: Offset(290), fence: owner.head.fence)
    try await source.writeConsumers(
      [ConsumerOffset(group: "search", generation: 2, offset: Offset(290))], shard: 7, fence: owner.head.fence)
    return try #require(try await source.exportShard(7))
  }

  static var transfer: [StoreRule] {
    [
      StoreRule("a shard that was imported is the one that was exported, and its log goes on") { store in
        let image = try await image()
        try await store.importShard(image)
        #expect(try await store.exportShard(7) == image)
        #expect(try await store.readSnapshot(7, kind: 1, entity: "e1") == Snapshot(offset: Offset(700), state: [1, 2, 3]))
        #expect(try await store.readWakes(7, after: nil, before: .max, count: 2) == [Wake(at: 4_711, kind: 1, entity: "e1")])
        #expect(try await store.listEntities(7, kind: 1, after: nil, limit: 9) == ["e1"])
        let next = try await Owner(6, in: store)
        #expect(next.head.fence == image.head.fence.next && next.end == Offset(800))
        try await next.append([.sample(800)])
        #expect(try await store.readPage(7, from: Offset(798), limit: 9).map(\.turn.call.sequence) == [798, 799, 800])
      },
      StoreRule("a shard that is here already is not imported, one that is not is not exported") { store in
        #expect(try await store.exportShard(7) == nil)
        let owner = try await Owner(1, in: store)
        try await owner.append([.sample(0)])
        let error = await failure { try await store.importShard(image()) }
        #expect(error?.code == "store_invalid")
        #expect(try await store.exportShard(7)?.records.map(\.turn) == [.sample(0)])
      },
      StoreRule("an image that is not one history is refused") { store in
        let whole = try await image()
        let gap = ShardImage(
          shard: 7, head: whole.head, records: Array(whole.records.dropFirst(3)), snapshots: whole.snapshots, consumers: whole.consumers)
        #expect(await failure { try await store.importShard(gap) }?.code == "store_invalid")
        #expect(try await store.readHead(7) == nil)
      },
    ]
  }
}
