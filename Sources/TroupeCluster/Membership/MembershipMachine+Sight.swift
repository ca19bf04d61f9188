// What the machine shows of itself to operators: where its shards are on their way, what it thinks of the others, what it waits for. Asked
// for when somebody looks; it changes nothing.

/// What one member knows of another.
public struct PeerStanding: Hashable, Sendable {
  /// How long ago its last beat was seen for the first time; nil before one was.
  public var lastBeat: Duration?
  /// For how long its frames are believed yet; zero when they are not.
  public var believedFor: Duration
  /// Probes in a row without an answer, without the one that is out; nil when this member does not watch it.
  public var missedProbes: Int?
  /// Calls to it fail, and it has not answered a probe since.
  public var isDoubted: Bool
  /// Its beat stands still and its probes go unanswered: others are asked for their word.
  public var isFading: Bool
  /// The same for so long that it will be buried, once another member says so too.
  public var isSuspected: Bool
}

/// Shards that a member is giving away.
public struct HandoffSight: Hashable, Sendable {
  public enum Step: String, Sendable {
    /// Running turns end.
    case sealing
    /// Quiet.
    case sealed
    /// The change of the register is out.
    case giving
  }

  /// Nil when the last member leaves: they go to nobody.
  public let to: NodeID?
  public let step: Step
  public let shards: [ShardID]
  public let age: Duration
}

extension MembershipMachine {
  public func shards(in phase: ShardPhase) -> [ShardID] { shards.all(phase) }
  public func count(of phase: ShardPhase) -> Int { shards.count(phase) }

  /// How much of the lease is left; zero without one.
  public func leaseLeft(at now: Moment) -> Duration { hasLeaseNow(now) ? lease.until - now : .zero }

  private func hasLeaseNow(_ now: Moment) -> Bool { phase == .member && lease.isValid(at: now) }

  /// Whether its own beats have gone on for long enough that others' silence means something to it.
  public func isSteady(at now: Moment) -> Bool { steadiness.isSteady(at: now) }

  /// Whether most of the members that it watches do not answer it.
  public var hearsFew: Bool { links.hearsFew }

  /// What is on its way out, by where it goes and how far it is.
  public func handoffs(at now: Moment) -> [HandoffSight] {
    guard let batch else { return [] }
    let isOut = !mayUnseal
    let parts = Dictionary(grouping: batch.shards) { shard -> HandoffSight.Step in
      shards[shard] == .sealing ? .sealing : isOut ? .giving : .sealed
    }
    return parts.flatMap { step, shards in
      Dictionary(grouping: shards) { batch.isFarewell ? nil : batch.targets[$0] }.map { to, shards in
        HandoffSight(to: to, step: step, shards: shards, age: max(.zero, now - batch.sealedAt))
      }
    }.sorted { ($0.to?.value ?? "", $0.step.rawValue) < ($1.to?.value ?? "", $1.step.rawValue) }
  }

  /// Shards that should be elsewhere and have not begun to move, by where they should be.
  public var toGive: [NodeID: Int] {
    guard let view, misplaced.epoch == view.epoch else { return [:] }
    let open = misplaced.shards.filter { batch?.targets[$0.shard] == nil && shards[$0.shard] != .away }
    return Dictionary(grouping: open, by: \.target).mapValues(\.count)
  }

  /// Buried members whose leases may still run, and for how long at most; nil when that is not known yet.
  public func leaseWaits(at now: Moment) -> [(name: IncarnationName, left: Duration?)] {
    (view?.burials ?? []).filter { !hasEnded($0) }.compactMap { name in
      let end = waits.end(of: name, wait: times.wait)
      guard end > now else { return nil }
      return (name, end == .distantFuture ? nil : end - now)
    }
  }

  /// What this member thinks of another.
  public func standing(of name: IncarnationName, at now: Moment) -> PeerStanding {
    let until = peerBeats.believable(name, lease: times.lease)
    return PeerStanding(
      lastBeat: peerBeats.hasBeaten(name) ? peerBeats.firstSeen(name).map { max(.zero, now - $0) } : nil,
      believedFor: until > now ? until - now : .zero, missedProbes: links.unanswered(by: name).map { max(0, $0 - 1) },
      isDoubted: links.isDoubted(name), isFading: fading.contains(name), isSuspected: suspects.contains(name))
  }
}
