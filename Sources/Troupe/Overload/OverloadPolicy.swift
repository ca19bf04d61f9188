// When a loop that gets more than it can do begins to refuse.

/// How long calls may wait in buffers before they are refused. Refusing costs a fiftieth of a call and is done at once, so that what is
/// answered is answered in time: without it every call waits until nobody wants its answer any more.
public struct OverloadPolicy: Sendable, Hashable {
  /// Calls that have waited longer than this are refused as `.overloaded` while the loop is behind. Default 20 ms.
  public var target: Duration
  /// A loop is behind when it has had nothing to wait for for this long. Default 200 ms.
  public var patience: Duration

  public init(target: Duration = .milliseconds(20), patience: Duration = .milliseconds(200)) {
    self.target = target
    self.patience = patience
  }

  /// Nothing is refused for having waited.
  public static let off = OverloadPolicy(target: .nanoseconds(Int64.max), patience: .nanoseconds(Int64.max))
}
