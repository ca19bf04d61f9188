// What may become of one call of a store, and which calls there are.
import Troupe

/// A call of a store, as a fault sees it.
public enum StoreOperation: Hashable, Sendable, CaseIterable {
  /// Creating a cluster, and changing its view.
  case change
  case beat
  case append
  case raiseFence
  case snapshots
  case consumers
  /// Reading a shard's tail, to take it over.
  case tail
  /// Reading an entity's snapshot.
  case snapshot
  /// Anything else that changes nothing.
  case read

  /// Whether it makes something durable.
  public var isWrite: Bool { self != .read && self != .tail && self != .snapshot && self != .beat }
}

/// What becomes of one call.
public enum StoreFate: Sendable {
  case done
  /// It has no effect, and its caller hears so.
  case refused(StoreError)
  /// It takes effect, and its caller hears this.
  case doneBut(StoreError)
  /// Its caller gives up with `.timeout`, and it takes effect when the test says so.
  case late
  /// It waits until the test lets it go on, and is done then.
  case held
}
