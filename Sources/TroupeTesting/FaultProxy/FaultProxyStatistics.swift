// What a fault proxy has seen and done.

/// Counts since the proxy started, connections that have ended included.
public struct FaultProxyStatistics: Hashable, Sendable, Codable {
  /// Connections that were accepted. Refused ones never reach the proxy.
  public var connections = 0
  /// Those of them that are open in at least one direction.
  public var open = 0
  /// Those that became a black hole by `dropsConnections`.
  public var dropped = 0
  /// Those that ended because nobody answered at the target.
  public var unreachable = 0
  /// Those that `reset()` ended.
  public var resets = 0
  public var towardsTarget = StreamStatistics()
  public var towardsClient = StreamStatistics()
  /// Bytes in the proxy's own memory at the moment, on their way.
  public var waiting = 0
}
