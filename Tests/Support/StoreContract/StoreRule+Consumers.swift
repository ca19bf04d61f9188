// What every store must do for those who read a shard's log from an offset of their own.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  static var consumers: [StoreRule] {
    [
      StoreRule("a log is read page by page, whatever its batches") { store in
        let owner = try await Owner(1, in: store)
        var written: UInt64 = 0
        for size in [1, 7, 300, 2, 1, 513, 90] as [UInt64] {
          try await owner.append((written..<written + size).map { .sample($0) })
          written += size
        }
        var at = Offset(0)
        var read: [UInt64] = []
        while true {
          let page = try await store.readPage(7, from: at, limit: 100)
          guard let last = page.last else { break }
          #expect(page.count <= 100 && page[0].offset == at)
          read += page.map(\.turn.call.sequence)
          at = last.offset.advanced(by: 1)
        }
        #expect(read == Array(0..<written) && at == owner.end)
        #expect(try await store.readPage(7, from: Offset(299), limit: 3).map(\.offset.value) == [299, 300, 301])
        #expect(try await store.readPage(8, from: Offset(0), limit: 3).isEmpty)
      },
      StoreRule("records below the floor stay while they are kept, then whoever wants them is cut off by name") { store in
        let owner = try await Owner(1, in: store)
        for turn in 0..<10 as Range<UInt64> { try await owner.append([.sample(turn)]) }
        let fence = owner.head.fence
        try await store.writeSnapshots([], shard: 7, floor: Offset(8), kept: Offset(3), fence: fence)
        #expect(try await store.readTail(7, from: Offset(0)).map(\.offset.value) == [8, 9])
        #expect(try await store.readPage(7, from: Offset(3), limit: 100).map(\.offset.value) == Array(3..<10))
        #expect(try await store.readHead(7)?.kept == Offset(3))
        #expect(await failure { try await store.readPage(7, from: Offset(2), limit: 1) } == .cutOff(Offset(3)))
        try await store.writeSnapshots([], shard: 7, floor: Offset(8), kept: Offset(1), fence: fence)
        #expect(try await store.readHead(7)?.kept == Offset(3), "it never falls")
        try await store.writeSnapshots([], shard: 7, floor: Offset(8), kept: Offset(8), fence: fence)
        #expect(await failure { try await store.readPage(7, from: Offset(7), limit: 1) } == .cutOff(Offset(8)))
        #expect(try await store.readPage(7, from: Offset(8), limit: 9).map(\.offset.value) == [8, 9])
        let above = await failure { try await store.writeSnapshots([], shard: 7, floor: Offset(9), kept: Offset(10), fence: fence) }
        #expect(above?.code == "store_invalid")
      },
      StoreRule("a group's offset goes up, and down only in a new generation") { store in
        let owner = try await Owner(1, in: store)
        func put(_ group: String, _ generation: UInt32, _ offset: UInt64) async throws {
          try await store.writeConsumers(
            [ConsumerOffset(group: group, generation: generation, offset: Offset(offset))], shard: 7, fence: owner.head.fence)
        }
        #expect(try await store.readConsumers(7).isEmpty)
        try await put("search", 0, 5)
        try await put("mail", 0, 2)
        try await put("search", 0, 4)
        let both = [
          ConsumerOffset(group: "mail", generation: 0, offset: Offset(2)),
          ConsumerOffset(group: "search", generation: 0, offset: Offset(5)),
        ]
        #expect(try await store.readConsumers(7) == both)
        try await put("search", 1, 0)
        try await put("search", 0, 9)
        #expect(try await store.readConsumers(7)[1] == ConsumerOffset(group: "search", generation: 1, offset: Offset(0)))
        #expect(try await store.readConsumers(8).isEmpty)
        for name in ["", String(repeating: "x", count: 64)] {
          #expect(await failure { try await put(name, 0, 1) }?.code == "store_invalid")
        }
      },
      StoreRule("a stale owner moves no group") { store in
        let old = try await Owner(1, in: store)
        let new = try await Owner(2, in: store)
        let error = await failure {
          try await store.writeConsumers(
            [ConsumerOffset(group: "search", generation: 0, offset: Offset(0))], shard: 7, fence: old.head.fence)
        }
        #expect(error == .staleFence(new.head))
        #expect(try await store.readConsumers(7).isEmpty)
      },
    ]
  }
}
