// What every store must do when a shard changes hands: fences, and appends with unknown outcome.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  static var takeOver: [StoreRule] {
    [
      StoreRule("a log that nobody owned has no head and takes nothing") { store in
        #expect(try await store.readHead(7) == nil)
        #expect(try await store.readTail(7, from: Offset(0)).isEmpty)
        for fence: UInt64 in [0, 1] {
          let stray = AppendBatch(shard: 7, fence: Fence(fence), writer: WriterID(0), batch: 1, from: Offset(0), records: [.sample(0)])
          guard case .conflict = try await store.append([stray])[0] else { return #expect(Bool(false)) }
        }
      },
      StoreRule("raising the fence answers the end and stops the owner before, for ever") { store in
        let old = try await Owner(1, in: store)
        try await old.append([.sample(0), .sample(1)])
        let late = old.batch([.sample(2)])
        let new = try await Owner(2, in: store)
        #expect(new.head.fence > old.head.fence && new.head.end == Offset(2) && new.head.owner == WriterID(2))
        #expect(new.head.lastWriter == WriterID(1) && new.head.lastBatch == 1 && new.head.lastFrom == Offset(0))
        #expect(try await store.append([late]) == [.conflict(new.head)])
        #expect(try await new.append([.sample(3)]) == .appended(Offset(3)))
        guard case .conflict = try await store.append([late])[0] else { return #expect(Bool(false)) }
        #expect(try await store.readTail(7, from: Offset(0)).map(\.turn) == [.sample(0), .sample(1), .sample(3)])
      },
      StoreRule("the fence without its owner is not enough, nor the owner without the fence") { store in
        let first = try await Owner(1, in: store)
        let second = try await Owner(1, in: store)
        #expect(second.head.fence > first.head.fence)
        guard case .conflict = try await first.append([.sample(0)]) else { return #expect(Bool(false)) }
        let thief = AppendBatch(
          shard: 7, fence: second.head.fence, writer: WriterID(2), batch: 1, from: Offset(0), records: [.sample(0)])
        guard case .conflict = try await store.append([thief])[0] else { return #expect(Bool(false)) }
      },
      StoreRule("a batch of unknown outcome is settled behind a raised fence") { store in
        let owner = try await Owner(1, in: store)
        let landed = owner.batch([.sample(0), .sample(1)])
        _ = try await store.append([landed])
        let lost = AppendBatch(
          shard: 7, fence: owner.head.fence, writer: owner.writer, batch: 2, from: Offset(2), records: [.sample(2)])
        #expect(try await store.settle(landed.name) == .stillOpen)
        #expect(try await store.settle(lost.name) == .stillOpen)
        let next = try await Owner(1, in: store)
        #expect(try await store.settle(landed.name) == .landed)
        #expect(try await store.settle(lost.name) == .absent)
        // Somebody else's batch at the same place is not it; nor is what comes behind it.
        try await next.append([.sample(9), .sample(10)])
        try await next.append([.sample(11)])
        #expect(try await store.settle(lost.name) == .absent)
        #expect(try await store.settle(landed.name) == .landed)
      },
      StoreRule("a batch that ended below the floor is forgotten") { store in
        let owner = try await Owner(1, in: store)
        let batch = owner.batch([.sample(0)])
        _ = try await store.append([batch])
        let next = try await Owner(2, in: store)
        try await next.append([.sample(1)])
        try await store.writeSnapshots([], shard: 7, floor: Offset(2), fence: next.head.fence)
        #expect(try await store.settle(batch.name) == .forgotten)
      },
    ]
  }
}
