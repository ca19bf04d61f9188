// What a process can tell about the calls it makes: breakers, budgets, counts. For people and for metrics.

/// A snapshot of the defences of one process's calls. Breakers that never saw a failure, and budgets that nobody ever drew on, are not
/// listed.
public struct CallReport: Sendable, Hashable {
  @Wire public struct Breaker: Hashable {
    public enum State: String, Wire { case closed, open, halfOpen }

    /// Each loop has its own: they see different links.
    public let loop: Int
    public let peer: String
    /// Nil for the whole peer's.
    public let kind: String?
    public let state: State
    /// How long it has been in this state.
    public let since: Duration
    /// Without an answer between them.
    public let failuresInARow: Int
    /// How often it has opened.
    public let openings: UInt64
    /// Until the next probe may go; zero when it is closed.
    public let retryAfter: Duration
  }

  @Wire public struct Budget: Hashable {
    public let loop: Int
    public let kind: String
    /// Retries that could be made now.
    public let left: Int
    public let taken: UInt64
    public let refused: UInt64
  }

  @Wire public struct Counts: Hashable {
    /// Tries that were sent, first ones and others, to this process and to others.
    public var sent: UInt64 = 0
    /// Tries after the first.
    public var retries: UInt64 = 0
    /// Calls that ended because the retry budget was spent.
    public var budgetRefusals: UInt64 = 0
    /// Tries that an open breaker did not let leave.
    public var breakerRefusals: UInt64 = 0
    public var breakerOpenings: UInt64 = 0
    /// Second tries that were sent beside a first one.
    public var hedges: UInt64 = 0
    /// Those that were answered first.
    public var hedgesWon: UInt64 = 0

    public init() {}

    static func + (left: Counts, right: Counts) -> Counts {
      var sum = left
      sum.sent += right.sent
      sum.retries += right.retries
      sum.budgetRefusals += right.budgetRefusals
      sum.breakerRefusals += right.breakerRefusals
      sum.breakerOpenings += right.breakerOpenings
      sum.hedges += right.hedges
      sum.hedgesWon += right.hedgesWon
      return sum
    }
  }

  public var breakers: [Breaker] = []
  public var budgets: [Budget] = []
  public var counts = Counts()

  public init() {}

  public var openBreakers: [Breaker] { breakers.filter { $0.state != .closed } }
}

extension CallReport.Breaker {
  /// Whom it keeps from being called: "node-3", or "cart on node-3".
  public var subject: String { kind.map { "\($0) on \(peer)" } ?? peer }

  /// The state in a word.
  public var word: String {
    switch state {
    case .closed: "closed"
    case .open: "open"
    case .halfOpen: "half-open"
    }
  }
}

extension Cluster {
  /// Breakers, budgets and counts of the calls that this process makes; of this process alone, not of the cluster's others.
  public func callReport() async -> CallReport {
    await onEachStage { $0.callReport() }.reduce(into: CallReport()) { whole, part in
      whole.breakers += part.breakers
      whole.budgets += part.budgets
      whole.counts = whole.counts + part.counts
    }
  }
}

extension Stage {
  func callReport() -> CallReport {
    var report = CallReport()
    report.counts = defences.counts
    report.counts.sent = counters.sent
    let now = loop.now
    for peer in defences.lanes.peers.compactMap({ $0 }).sorted(by: { $0.peer.name < $1.peer.name }) {
      let of = { [loop, defences] (breaker: Breaker, kind: UInt32?) in
        CallReport.Breaker(breaker, loop.index, peer.peer.name, kind.map(defences.name), now)
      }
      if peer.breaker.hasSeenFailure { report.breakers.append(of(peer.breaker, nil)) }
      for lane in peer.lanes.compactMap({ defences.lanes.lanes[$0] }) where lane.breaker.hasSeenFailure {
        report.breakers.append(of(lane.breaker, lane.kind))
      }
    }
    for index in defences.budgets.indices {
      let kind = defences.budgets[index].kind
      let left = defences.budgets[index].budget.left(calls: callsMade(of: kind), now: now)
      let budget = defences.budgets[index].budget
      report.budgets.append(
        CallReport.Budget(loop: loop.index, kind: defences.name(kind), left: left, taken: budget.taken, refused: budget.refused))
    }
    return report
  }
}

extension CallReport.Breaker {
  fileprivate init(_ breaker: Breaker, _ loop: Int, _ peer: String, _ kind: String?, _ now: Instant) {
    self.loop = loop
    self.peer = peer
    self.kind = kind
    since = now - breaker.since
    failuresInARow = breaker.failuresInARow
    openings = breaker.openings
    switch breaker.state {
    case .closed: (state, retryAfter) = (.closed, .zero)
    case .open(let until): (state, retryAfter) = (.open, max(.zero, until - now))
    case .halfOpen(let until): (state, retryAfter) = (.halfOpen, max(.zero, until - now))
    }
  }
}

extension Breaker {
  fileprivate var hasSeenFailure: Bool { openings > 0 || failures > 0 }
}
