// How the calls of one process are defended against peers that fail, and peers against its calls: retries, breakers, hedges.

/// The tunables of calls, for a node (`NodeConfiguration.calls`) or a client (`Client.connect`). Each mechanism can be turned off.
///
/// ```swift
/// var calls = CallPolicy()
/// calls.retryBudget = .init(percent: 10, perSecond: 5)
/// calls.breakers = nil
/// ```
public struct CallPolicy: Sendable, Hashable {
  /// One breaker a peer, and one a peer and kind, on each loop. Nil turns them off: calls to a dead peer then wait for their deadline.
  public var breakers: BreakerSettings? = BreakerSettings()
  /// Of each loop and kind. Nil lets every call retry until its deadline: a callee that loses connections then gets several times its load.
  public var retryBudget: RetryBudget.Settings? = RetryBudget.Settings()
  /// Whether a call that may have run is sent again, where that is safe and paid for. False tells every caller of a lost call that nobody
  /// knows: for callers that try again by themselves. What was not executed is tried again in any case. Default true.
  public var resendsLostCalls = true
  /// Before a retry passes a random time between nothing and this; before each further one twice as much. Default 4 ms.
  public var firstPause: Duration = .milliseconds(4)
  /// The longest such step, and so how late a caller may notice that its entity is back. Default 250 ms.
  public var longestPause: Duration = .milliseconds(250)
  /// Whether `hedged(after:)` is obeyed. Default true: nothing is hedged that does not ask for it.
  public var allowsHedging = true
  /// Whether a node tells its failure detector when the breaker of a peer opens. It is a hint, to be confirmed like any other.
  /// Default true.
  public var reportsOpenBreakers = true

  public init() {}

  public func validate() throws(StartError) {
    if let refusal = breakers?.refusal ?? retryBudget?.refusal { throw .invalid(refusal) }
    guard firstPause > .zero, longestPause >= firstPause, longestPause <= .seconds(60) else {
      throw .invalid("a pause before a retry is more than nothing and at most 60 seconds, not \(firstPause) to \(longestPause)")
    }
  }
}
