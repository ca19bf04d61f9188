// What every store must refuse, and bound.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  static var limits: [StoreRule] {
    [
      StoreRule("an empty batch and one over the limit are refused, and nothing of the call is done") { store in
        let owner = try await Owner(1, of: 1, in: store)
        let other = try await Owner(1, of: 2, in: store)
        let huge = Record(kind: 1, entity: "alice", payload: [UInt8](repeating: 0, count: StoreLimits.batchBytes + 1))
        for records in [[], [huge]] {
          let error = await failure {
            try await store.append([other.batch([.sample(0)]), owner.batch(records)])
          }
          #expect(error?.code == "store_invalid" && error?.outcomeIsUnknown == false)
        }
        #expect(try await store.readHead(2)?.end == Offset(0))
      },
      StoreRule("large records come back whole") { store in
        let owner = try await Owner(1, in: store)
        var turn = TurnRecord.sample(0)
        turn.events = [[UInt8](repeating: 7, count: 3 << 20)]
        try await owner.append([Record(kind: 1, entity: String(repeating: "x", count: 10_000), turn: turn)])
        let tail = try await store.readTail(7, from: Offset(0))
        #expect(tail.count == 1 && tail[0].turn == turn && tail[0].entity.utf8.count == 10_000)
      },
      StoreRule("a payload that is no turn is found, and not served") { store in
        let owner = try await Owner(1, in: store)
        try await owner.append([Record(kind: 1, entity: "alice", payload: [200, 1, 2])])
        let error = await failure { try await store.readTail(7, from: Offset(0)) }
        #expect(error?.code == "store_corrupt")
      },
      StoreRule("after its close a store refuses everything by name") { store in
        let owner = try await Owner(1, in: store)
        await store.close()
        await #expect(throws: StoreError.closed) { try await owner.append([.sample(0)]) }
        await #expect(throws: StoreError.closed) { try await store.readRegister() }
        await #expect(throws: StoreError.closed) { try await store.readTail(7, from: Offset(0)) }
        await store.close()
      },
    ]
  }
}
