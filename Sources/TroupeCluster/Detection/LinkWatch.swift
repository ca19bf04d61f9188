// Heartbeats on links. A heartbeat passes through every event loop of the peer and is answered only under a lease, so an answer
// means that the peer's loops turn, not just that its kernel does. It enters no entity: one that never ends its turn goes unseen.

/// Whom this node probes, and how many probes in a row went without an answer.
public struct LinkWatch: Sendable {
  /// Peers that one node watches: with five watchers each, four can die with the watched one.
  public static let watchedPeers = 5
  /// Probes without an answer that make silence. Counted, not timed: a node that was asleep sent none, so heard nobody refuse.
  public static let missedProbes = 3
  /// Probes in a row without an answer after which even beats that move do not mean that anybody can reach it.
  public static let unheardProbes = 20

  private var missed: [IncarnationName: Int] = [:]
  /// Watched for a reason of their own, until they answer.
  private var doubted: Set<IncarnationName> = []

  public init() {}

  /// Chooses whom to watch: the next members in the ring of ids, enough of them alive.
  public mutating func choose(from view: View, watcher: NodeID, beating: Set<IncarnationName>) {
    guard let start = view.index(of: watcher) else { return missed = [:] }
    var chosen: [IncarnationName: Int] = [:]
    var alive = 0
    for step in 1..<max(1, view.members.count) where alive < Self.watchedPeers {
      let name = view.members[(start + step) % view.members.count].name
      chosen[name] = missed[name] ?? 0
      if beating.contains(name) { alive += 1 }
    }
    doubted = doubted.filter { view.lists($0) }
    for name in doubted { chosen[name] = missed[name] ?? Self.missedProbes }
    missed = chosen
  }

  /// A round of probes goes out: whoever has not answered the last one missed it. Answers whom to probe.
  public mutating func round() -> [IncarnationName] {
    for name in missed.keys { missed[name]! += 1 }
    return missed.keys.sorted()
  }

  /// Calls to it fail: as good as the probes that it would have missed by then, but for the one that makes silence.
  public mutating func doubt(_ name: IncarnationName) {
    doubted.insert(name)
    missed[name] = max(missed[name] ?? 0, Self.missedProbes)
  }

  public mutating func heard(_ name: IncarnationName) {
    doubted.remove(name)
    if missed[name] != nil { missed[name] = 0 }
  }

  /// Probes in a row without an answer, with the one that is out; nil when it is not watched.
  public func unanswered(by name: IncarnationName) -> Int? { missed[name] }

  public func isDoubted(_ name: IncarnationName) -> Bool { doubted.contains(name) }

  public func watches(_ name: IncarnationName) -> Bool { missed[name] != nil }

  /// The probe that is out is not missed yet.
  public func isSilent(_ name: IncarnationName) -> Bool { missed[name].map { $0 > Self.missedProbes } ?? false }

  /// Most of those that it watches are silent: then the fault is more likely its own.
  public var hearsFew: Bool { missed.keys.count(where: isSilent) * 2 > missed.count }

  public func isUnheard(_ name: IncarnationName) -> Bool { missed[name].map { $0 > Self.unheardProbes } ?? false }

  /// One probe before silence: time to ask others.
  public func isFading(_ name: IncarnationName) -> Bool { missed[name].map { $0 >= Self.missedProbes } ?? false }
}
