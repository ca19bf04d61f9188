// The killer: a node's n-th write to the store is its last, and what it does afterwards happens nowhere.
import Troupe
import TroupeTesting

final class DeathWatch: @unchecked Sendable {
  // Sound because a simulation has one thread.
  /// Whether the node ends before the store has taken its last write, or behind that, without hearing of it.
  enum Moment: CaseIterable { case before, behind }

  private static let dead = StoreError.unavailable("the node is dead")
  private var writes = 0
  /// The write was reached.
  private(set) var isOver = false

  /// From now on writes of the store are counted, from 0, until `victim`.
  init(over store: FaultyStore, victim: Int, _ moment: Moment) {
    store.judge { [self] operation, _ in
      if isOver { return .refused(Self.dead) }
      guard operation.isWrite else { return .done }
      writes += 1
      guard writes > victim else { return .done }
      isOver = true
      return moment == .before ? .refused(Self.dead) : .doneBut(Self.dead)
    }
  }
}
