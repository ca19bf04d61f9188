// What every store must do with the register and the beats.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  static func member(_ id: NodeID, _ incarnation: Incarnation) -> Member {
    Member(id: id, incarnation: incarnation, addresses: ["127.0.0.1:4000"])
  }
  static let first = View.first(cluster: "test", shardCount: 16, member: member("a", 1))

  static var register: [StoreRule] {
    [
      StoreRule("there is no register before a cluster is created, and nobody can change it or beat") { store in
        let before = try await store.readRegister()
        #expect(before == nil)
        let change = await failure { try await store.compareAndSet(first.voiding()) }
        let beat = await failure { try await store.beat(Beat(node: "a", incarnation: 1, counter: 1)) }
        #expect(change?.code == "store_invalid" && beat?.code == "store_invalid")
        #expect(try await store.readRegister() == nil)
      },
      StoreRule("a cluster is created once") { store in
        let created = try await store.createCluster(first)
        #expect(created == .stored)
        #expect(try await store.createCluster(View.first(cluster: "other", member: member("b", 2))) == .lost(current: first.epoch))
        #expect(try await store.readRegister() == first)
      },
      StoreRule("a view replaces only the one before it") { store in
        _ = try await store.createCluster(first)
        let second = try first.joining(member("b", 2))
        let rival = try first.joining(member("c", 3))
        #expect(try await store.compareAndSet(second) == .stored)
        #expect(try await store.compareAndSet(rival) == .lost(current: second.epoch))
        #expect(try await store.compareAndSet(second) == .lost(current: second.epoch))
        #expect(try await store.compareAndSet(second.voiding().voiding()) == .lost(current: second.epoch))
        #expect(try await store.readRegister() == second)
      },
      StoreRule("of many who change one view, one wins") { store in
        _ = try await store.createCluster(first)
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
          for number in 0..<8 {
            group.addTask {
              let view = try first.joining(member(NodeID("n\(number)"), Incarnation(UInt64(number + 10))))
              return try await store.compareAndSet(view) == .stored
            }
          }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
        #expect(try await store.readRegister()?.epoch == first.epoch.next)
      },
      StoreRule("a beat is written for who is listed, and answers everybody's") { store in
        let view = try first.joining(member("b", 2))
        _ = try await store.createCluster(first)
        _ = try await store.compareAndSet(view)
        let mine = Beat(node: "a", incarnation: 1, counter: 5)
        let other = Beat(node: "b", incarnation: 2, counter: 1)
        #expect(try await store.beat(mine) == .beats(epoch: view.epoch, [mine]))
        #expect(try await store.beat(other) == .beats(epoch: view.epoch, [mine, other]))
        #expect(try await store.beat(Beat(node: "b", incarnation: 3, counter: 9)).isRefusal(at: view.epoch))
        #expect(try await store.beat(Beat(node: "c", incarnation: 1, counter: 9)).isRefusal(at: view.epoch))
      },
      StoreRule("a late beat does not turn the counter back") { store in
        _ = try await store.createCluster(first)
        let beat = Beat(node: "a", incarnation: 1, counter: 5)
        _ = try await store.beat(beat)
        let late = Beat(node: "a", incarnation: 1, counter: 4)
        #expect(try await store.beat(late) == .beats(epoch: first.epoch, [beat]))
      },
    ]
  }
}

extension BeatOutcome {
  /// Whoever else beats is told all the same: a node that wants to join watches that.
  func isRefusal(at epoch: Epoch) -> Bool {
    if case .refusedNotListed(epoch, _) = self { true } else { false }
  }
}
