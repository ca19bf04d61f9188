// The name of a logical call, as the log keeps it.

/// Names one logical call through all its retries.
public struct CallID: Hashable, Sendable {
  /// Who calls: one life of one node or client.
  public let caller: UInt64
  /// The caller's own count.
  public let sequence: UInt64

  @inlinable public init(caller: UInt64, sequence: UInt64) {
    self.caller = caller
    self.sequence = sequence
  }
}
