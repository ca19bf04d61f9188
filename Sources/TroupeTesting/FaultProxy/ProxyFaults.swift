// What a fault proxy does, as one value: faults of both directions, and of connections as a whole.

/// The faults of a `FaultProxy`.
///
/// ```swift
/// proxy.faults = .both { $0.delay = .milliseconds(75); $0.jitter = .milliseconds(50) }
/// proxy.faults = ProxyFaults { $0.towardsClient.isBlackHole = true }  // questions arrive, answers do not
/// proxy.heal()
/// ```
public struct ProxyFaults: Hashable, Sendable {
  /// Of what the client sends, the client being who connected to the proxy.
  public var towardsTarget = StreamFaults()
  /// Of what the target sends.
  public var towardsClient = StreamFaults()
  /// Nobody listens: new connections are refused by the system. Open ones stay.
  public var refusesConnections = false
  /// The probability that a new connection becomes a black hole for as long as this is above 0; then it is reset.
  public var dropsConnections = 0.0

  public init() {}

  public init(_ change: (inout ProxyFaults) -> Void) { change(&self) }

  /// No fault at all.
  public static let none = ProxyFaults()

  /// The same in both directions.
  public static func both(_ change: (inout StreamFaults) -> Void) -> ProxyFaults {
    ProxyFaults {
      change(&$0.towardsTarget)
      change(&$0.towardsClient)
    }
  }

  func check() {
    towardsTarget.check()
    towardsClient.check()
    precondition((0...1).contains(dropsConnections), "a probability is 0...1, not \(dropsConnections)")
  }
}

/// A way through a proxy.
public enum ProxyDirection: String, CaseIterable, Sendable {
  case towardsTarget = "to-target"
  case towardsClient = "to-client"
}
