// What every store must do with the beats of those who are gone: heirs wait from the last one.

import Testing
import TroupeCluster
import TroupeJournal

extension StoreRule {
  private static let a = Beat(node: "a", incarnation: 1, counter: 1)
  private static let b = Beat(node: "b", incarnation: 2, counter: 7)

  /// A cluster of both, each of whom has beaten.
  private static func pair(on store: any Store) async throws -> View {
    let view = try first.joining(member("b", 2))
    _ = try await store.createCluster(first)
    _ = try await store.compareAndSet(view)
    for beat in [a, b] { _ = try await store.beat(beat) }
    return view
  }

  static var burials: [StoreRule] {
    [
      StoreRule("who is buried beats no more, and its last beat is told until the view forgets it") { store in
        let buried = try await pair(on: store).burying([IncarnationName("b", 2)], by: "a", confirmed: .nobodyElseBeats)
        #expect(try await store.compareAndSet(buried) == .stored)
        #expect(try await store.beat(Beat(node: "b", incarnation: 2, counter: 8)) == .refusedNotListed(epoch: buried.epoch, [a, b]))
        #expect(try await store.beat(a) == .beats(epoch: buried.epoch, [a, b]))
        let still = buried.voiding()
        #expect(try await store.compareAndSet(still) == .stored)
        #expect(try await store.beat(a) == .beats(epoch: still.epoch, [a, b]))
        let forgotten = still.voiding().forgetting([IncarnationName("b", 2)])
        #expect(try await store.compareAndSet(forgotten) == .stored)
        #expect(try await store.beat(a) == .beats(epoch: forgotten.epoch, [a]))
        #expect(try await store.beat(Beat(node: "b", incarnation: 2, counter: 9)).isRefusal(at: forgotten.epoch))
      },
      StoreRule("who comes back starts without a beat, and its earlier incarnations' last beats stay theirs") { store in
        let reborn = try await pair(on: store).joining(member("b", 3), burying: 2)
        #expect(try await store.compareAndSet(reborn) == .stored)
        #expect(try await store.beat(Beat(node: "b", incarnation: 2, counter: 8)).isRefusal(at: reborn.epoch))
        #expect(try await store.beat(a) == .beats(epoch: reborn.epoch, [a, b]))
        let again = Beat(node: "b", incarnation: 3, counter: 2)
        #expect(try await store.beat(again) == .beats(epoch: reborn.epoch, [a, b, again]))
        let thrice = try reborn.joining(member("b", 4), burying: 3)
        #expect(try await store.compareAndSet(thrice) == .stored)
        #expect(try await store.beat(a) == .beats(epoch: thrice.epoch, [a, b, again]))
      },
      StoreRule("of who leaves, and of who never beat, nothing is told") { store in
        var view = try await pair(on: store).joining(member("c", 3))
        #expect(try await store.compareAndSet(view) == .stored)
        view = try view.burying([IncarnationName("c", 3)], by: "a", confirmed: .by("b"))
        #expect(try await store.compareAndSet(view) == .stored)
        #expect(try await store.beat(a) == .beats(epoch: view.epoch, [a, b]))
        let left = try view.leaving("b")
        #expect(try await store.compareAndSet(left) == .stored)
        #expect(try await store.beat(a) == .beats(epoch: left.epoch, [a]))
        #expect(try await store.beat(b).isRefusal(at: left.epoch))
      },
      StoreRule("a change that loses buries nobody") { store in
        let view = try await pair(on: store)
        let burial = try view.burying([IncarnationName("b", 2)], by: "a", confirmed: .nobodyElseBeats)
        #expect(try await store.compareAndSet(view.voiding()) == .stored)
        #expect(try await store.compareAndSet(burial) == .lost(current: burial.epoch))
        let next = Beat(node: "b", incarnation: 2, counter: 8)
        #expect(try await store.beat(next) == .beats(epoch: burial.epoch, [a, next]))
      },
      StoreRule("no beat is taken behind the one that is told as the last, also while the burial is written") { store in
        var view = try await pair(on: store)
        for incarnation in 2..<10 as Range<UInt64> {
          let name = IncarnationName("b", Incarnation(incarnation))
          let next = try view.joining(member("b", Incarnation(incarnation + 1)), burying: name.incarnation)
          async let taken = beatUntilRefused(store, name)
          #expect(try await store.compareAndSet(next) == .stored)
          let last = (try await taken).map { Beat(node: name.id, incarnation: name.incarnation, counter: $0) }
          guard case .beats(_, let told) = try await store.beat(a) else {
            Issue.record("a is a member")
            return
          }
          #expect(told.filter { $0.incarnation == name.incarnation && $0.node == name.id } == (last.map { [$0] } ?? []))
          view = next
        }
      },
    ]
  }

  /// The last count that the store took of it, from ten up; nil when it took none of these.
  private static func beatUntilRefused(_ store: any Store, _ name: IncarnationName) async throws -> UInt64? {
    var taken: UInt64? = name.incarnation == 2 ? b.counter : nil
    for counter in (10 as UInt64)... {
      guard case .beats = try await store.beat(Beat(node: name.id, incarnation: name.incarnation, counter: counter)) else { break }
      taken = counter
    }
    return taken
  }
}
