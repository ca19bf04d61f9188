// The stage's side of breakers and budgets: which lane a call takes, what the end of a try says, who is told when a breaker opens.

extension Stage {
  /// The lane for calls to a kind's entities on a peer.
  @inline(never)
  func lane(to peer: Peer, _ kind: UInt32) -> Int {
    let incarnation = routing?.view.member(NodeID(peer.name))?.incarnation.value ?? 0
    let lane = defences.lanes.lane(to: peer, incarnation: incarnation, kind: kind, now: loop.now)
    peer.keep(LaneMark(kind: kind, lane: Int32(lane)))
    return lane
  }

  /// A breaker on the way is not closed: whether the call may leave as a probe. Answers it when not.
  @inline(never)
  func admit(_ lane: Int, _ peer: Peer, _ kind: UInt32, _ pass: inout CallPass, _ waiter: ReplyWaiter) -> Bool {
    let (granted, until, isKinds) = defences.lanes.admit(lane, at: loop.now)
    if let granted {
      pass = granted
      return true
    }
    defences.counts.breakerRefusals += 1
    let whose = isKinds ? "\(defences.name(kind)) on \(peer.name)" : peer.name
    let wait = UInt32(clamping: max(1, (until - loop.now).wholeNanoseconds / 1_000_000))
    waiter.resume(
      returning: Reply(status: .breakerOpen, bytes: Array("the breaker for \(whose) is open".utf8), retryAfterMilliseconds: wait))
    return false
  }

  /// Hears what the end of a try says about the peer that it went to.
  func settle(_ reply: Reply, _ pass: CallPass) {
    guard let peer = defences.lanes.peer(of: pass) else { return }
    let now = loop.now
    let testimony = Testimony(
      of: reply.status, waited: now - pass.sentAt, shortestWait: defences.policy.breakers?.shortestWait ?? .zero,
      isHeard: peer.isHeard(at: now), isLinked: peer.currentLinks.contains(where: \.isOpen))
    if let opening = defences.lanes.heard(testimony, pass, now: now, random: loop.random()) { return tell(opening) }
    if pass.isProbe { wakeResting { routes[$0].leads(to: peer) } }
  }

  @inline(never)
  func probeAnswered(_ pass: CallPass) {
    let peer = defences.lanes.peer(of: pass)
    _ = defences.lanes.heard(.answered, pass, now: loop.now, random: 0)
    if let peer { wakeResting { routes[$0].leads(to: peer) } }
  }

  private func tell(_ opening: CallLanes.Opening) {
    defences.counts.breakerOpenings += 1
    let whose = opening.kind.map { "\(defences.name($0)) on \(opening.peer.name)" } ?? opening.peer.name
    let wait = opening.until - loop.now
    log(.warning, "the breaker for \(whose) opens after \(opening.failuresInARow) failures in a row; the next probe may go in \(wait)")
    guard opening.kind == nil, defences.policy.reportsOpenBreakers else { return }
    onDoubt?(IncarnationName(NodeID(opening.peer.name), Incarnation(opening.incarnation)))
  }

  // MARK: The budget

  func takeRetry(of kind: UInt32) -> Bool {
    defences.takeRetry(of: kind, calls: callsMade(of: kind), now: loop.now)
  }

  /// Calls that this loop made: to others those that were answered, to this process all.
  func callsMade(of kind: UInt32) -> UInt64 {
    defences.lanes.answers(of: kind) &+ (registry.kinds[kind]?.callsHere ?? 0)
  }
}
