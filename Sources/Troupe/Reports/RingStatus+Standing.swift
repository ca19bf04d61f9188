// What the nodes think of each other, put together: the page and the terminal say the same of a node. Pure.

/// How a node stands with the others, the best first.
public enum RingStanding: String, Hashable, Comparable, Sendable, CaseIterable {
  /// Nobody has a doubt.
  case believed
  /// Of a version that does not tell of the ring; the others have no doubt.
  case untold
  /// Calls to it fail.
  case doubted
  /// Somebody does not believe what it says: its beat is older than a lease.
  case unbelieved
  /// It tells that it has no lease.
  case leaseless
  /// It did not answer who asked.
  case silent
  /// Its beat stands still, and probes go unanswered.
  case fading
  /// It will be buried once another node says so too.
  case suspected

  private var rank: Int { Self.allCases.firstIndex(of: self)! }

  public static func < (left: RingStanding, right: RingStanding) -> Bool { left.rank < right.rank }
}

extension RingReport.PeerSight {
  /// What the node that has this sight thinks.
  var standing: RingStanding {
    if isSuspected { return .suspected }
    if isFading { return .fading }
    if lastBeat != nil, believedFor == .zero { return .unbelieved }
    return isDoubted ? .doubted : .believed
  }

  /// Something is wrong with it, as far as this node can tell.
  public var isWorry: Bool { standing != .believed }
}

extension RingStatus.Node {
  public var standing: RingStanding { RingStanding(rawValue: opinion) ?? .believed }
}

extension RingStatus {
  /// Puts together what the reports say of each node: the worst that anybody thinks, and the youngest beat that anybody has seen.
  mutating func judge() {
    var sights: [String: [(by: String, sight: RingReport.PeerSight)]] = [:]
    for node in nodes {
      for sight in node.report?.peers ?? [] where sight.node != node.id { sights[sight.node, default: []].append((node.id, sight)) }
    }
    for index in nodes.indices {
      let told = sights[nodes[index].id] ?? []
      let own = nodes[index].ownStanding
      let worst = max(own, told.map(\.sight.standing).max() ?? .believed)
      nodes[index].opinion = worst.rawValue
      nodes[index].saidBy = worst == own ? [] : told.filter { $0.sight.standing == worst }.map(\.by)
      nodes[index].lastBeat = told.compactMap(\.sight.lastBeat).min() ?? nodes[index].ownBeat
    }
  }
}

extension RingStatus.Node {
  /// As it says itself, or whoever asked it.
  fileprivate var ownStanding: RingStanding {
    guard let report else { return answers ? .untold : .silent }
    return report.lease > .zero ? .believed : .leaseless
  }

  /// The lease runs from its start.
  fileprivate var ownBeat: Duration? {
    report.flatMap { $0.lease > .zero ? max(.zero, $0.leaseLength - $0.lease) : nil }
  }
}
