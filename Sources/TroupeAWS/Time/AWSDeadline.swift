// Until when an answer is wanted, on the monotonic clock.
import NIOCore

public struct AWSDeadline: Hashable, Sendable {
  let at: NIODeadline

  public static func after(_ limit: Duration) -> AWSDeadline { AWSDeadline(at: .now() + TimeAmount(limit)) }

  /// Not below zero.
  public var left: Duration { .nanoseconds(max(0, (at - .now()).nanoseconds)) }

  /// The earlier of this one and one that is so far away.
  public func within(_ limit: Duration) -> AWSDeadline { AWSDeadline(at: min(at, .now() + TimeAmount(limit))) }
}
