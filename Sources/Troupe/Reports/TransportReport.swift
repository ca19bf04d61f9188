// What a process tells of its links, its defences and its queues: for `shopstream links`, the admin page and metrics.

/// One process at one moment: what it has to do with others, and what waits in it.
@Wire public struct TransportReport: Hashable {
  /// A node's id, or the client's name.
  public var name: String
  /// "node", "gateway" or "operator".
  public var role: String
  /// One life of the process.
  public var incarnation: UInt64
  public var loops: [LoopReport]
  /// At most `Peers.reportedLinks` a loop and `linkLimit` in all: `linksLeftOut` counts the others.
  public var links: [LinkReport]
  public var linksLeftOut: Int
  /// Those that ever saw a failure.
  public var breakers: [CallReport.Breaker]
  /// Those that anybody drew on.
  public var budgets: [CallReport.Budget]
  public var counts: CallReport.Counts

  /// Links in one report: about a megabyte.
  public static let linkLimit = 8_192

  /// Breakers that hold calls back, the open ones first.
  public var openBreakers: [CallReport.Breaker] {
    breakers.filter { $0.state == .open } + breakers.filter { $0.state == .halfOpen }
  }
}

/// What waits on one event loop, and what it has refused.
@Wire public struct LoopReport: Hashable {
  public var loop: Int
  /// Calls that have arrived here since the process started.
  public var calls: UInt64
  /// Of those: refused for whatever reason, refused because they had waited too long, taken back by their callers.
  public var refused: UInt64
  public var shed: UInt64
  public var cancelled: UInt64
  /// The longest that calls which came within the last second had waited on their way.
  public var queueDelay: Duration
  /// Calls that waited longer than this are refused, while the loop is behind.
  public var queueDelayLimit: Duration
  /// For how long the loop has had nothing to wait for.
  public var busyFor: Duration
  /// A loop that is busy for longer than this is behind.
  public var busyLimit: Duration
  /// Entities that calls wait for; the calls; the most that wait for one of them; and how many may.
  public var waitedFor: Int
  public var waitingCalls: Int
  public var longestMailbox: Int
  public var mailboxLimit: Int
  /// Calls that wait for shards on their way in or out, and how many may wait for one.
  public var parkedCalls: Int
  public var parkingLimit: Int
  /// Turns that are suspended or run.
  public var turns: Int
  public var entities: Int
  /// Links that others have dialled, and how many may be.
  public var acceptedLinks: Int
  public var acceptedLimit: Int
  /// Bytes that large calls which are still arriving have announced, and how many may be.
  public var arrivingBytes: Int
  public var arrivingLimit: Int
  /// Bulk calls that give way to others, and how many may.
  public var bulkCalls: Int = 0
  public var bulkLimit: Int = 0

  /// Calls wait here longer than they should, and some are refused for it.
  public var isBehind: Bool { busyFor > busyLimit && queueDelay > queueDelayLimit }
}

/// What the processes of a cluster tell of themselves.
@Wire public struct TransportStatus: Hashable {
  /// One that did not tell.
  @Wire public struct Silent: Hashable {
    public var name: String
    /// A sentence.
    public var reason: String
  }

  /// In the order of their names: nodes first, then gateways.
  public var processes: [TransportReport]
  public var silent: [Silent]

  public init(processes: [TransportReport] = [], silent: [Silent] = []) {
    self.processes = processes
    self.silent = silent
  }

  public var openBreakers: [(process: String, breaker: CallReport.Breaker)] {
    let all = processes.flatMap { process in process.openBreakers.map { (process: process.name, breaker: $0) } }
    return all.filter { $0.breaker.state == .open } + all.filter { $0.breaker.state != .open }
  }

  /// Each link once, as the side tells it that dialled; those of peers that tell nothing themselves, as the other side does.
  public var linksOnce: [(process: String, link: LinkReport)] {
    let known = Set(processes.map { "\($0.role) \($0.name)" })
    return processes.flatMap { process in
      process.links.filter { $0.isOutgoing || !known.contains("\($0.role) \($0.peer)") }.map { (process: process.name, link: $0) }
    }
  }

  /// No breaker holds calls back, everybody answers, and no loop is behind.
  public var isWell: Bool {
    silent.isEmpty && processes.allSatisfy { $0.openBreakers.isEmpty && !$0.loops.contains(where: \.isBehind) }
  }
}

/// The question behind `TransportStatus`.
@Wire struct LinksQuestion {
  /// Whether the node also asks the gateways that are linked to it.
  var gateways: Bool
}

extension AskTopic {
  static let links = AskTopic(rawValue: 10)
}
