// What a loop knows of its calls to other processes: for each peer and kind a lane with a breaker of its own, beside the breaker
// of the whole peer. What each call reads and writes of it is sixteen bytes; all else is looked at when something fails.

struct CallLanes {
  /// Kinds that have a lane of their own on one peer: some ten times what a cluster has. Whoever makes up names of kinds shares one.
  static let kindsAPeer = 256
  /// Of the lane that all further kinds share.
  static let furtherKinds: UInt32 = 0

  /// What every call touches.
  struct Hot {
    /// Of both breakers together. Grows only, so that a call of a lane's earlier owner is not heard either.
    var era: UInt32 = 0
    /// A breaker on the way is not closed.
    var isGuarded = false
    /// Calls that were answered.
    var answers: UInt64 = 0
  }

  struct Lane {
    let peer: Int
    let kind: UInt32
    var breaker: Breaker
    /// What the lane's era was before both breakers began to count.
    let eraBefore: UInt32
  }

  struct PeerLanes {
    let peer: Peer
    var incarnation: UInt64
    /// From when on it was known as that one.
    var since: Instant
    var breaker: Breaker
    var lanes: [Int] = []
  }

  let settings: BreakerSettings?
  private(set) var hot: ContiguousArray<Hot> = []
  /// Nil for one that nobody has.
  private(set) var lanes: [Lane?] = []
  private(set) var peers: [PeerLanes?] = []
  /// Answers of lanes that are gone, by kind: the budgets' totals must not fall.
  private var gone: [UInt32: UInt64] = [:]

  init(_ settings: BreakerSettings?) { self.settings = settings }

  // MARK: Every call

  @inline(__always)
  func isGuarded(_ lane: Int) -> Bool { hot[lane].isGuarded }

  @inline(__always)
  func pass(_ lane: Int, at now: Instant) -> CallPass {
    CallPass(lane: Int32(truncatingIfNeeded: lane), era: hot[lane].era, isProbe: false, sentAt: now)
  }

  /// The end of a call that was answered at its first try and was no probe.
  @inline(__always)
  mutating func answered(_ pass: CallPass) {
    let index = Int(pass.lane)
    if hot[index].era == pass.era { hot[index].answers &+= 1 }
  }

  // MARK: Lanes

  /// The lane to `peer` for `kind`, made when it is first needed.
  mutating func lane(to peer: Peer, incarnation: UInt64, kind: UInt32, now: Instant) -> Int {
    let owner = index(of: peer, incarnation, now)
    let known = { [self] (kind: UInt32) in peers[owner]!.lanes.first { lanes[$0]!.kind == kind } }
    if let own = known(kind) { return own }
    let isFull = peers[owner]!.lanes.count >= Self.kindsAPeer
    if isFull, let shared = known(Self.furtherKinds) { return shared }
    let free = lanes.firstIndex { $0 == nil } ?? lanes.count
    if free == lanes.count {
      lanes.append(nil)
      hot.append(Hot())
    }
    let before = hot[free].era &+ 1
    hot[free] = Hot(era: before)
    lanes[free] = Lane(
      peer: owner, kind: isFull ? Self.furtherKinds : kind, breaker: Breaker(settings ?? BreakerSettings(), now: now), eraBefore: before)
    peers[owner]!.lanes.append(free)
    refresh(owner)
    return free
  }

  private mutating func index(of peer: Peer, _ incarnation: UInt64, _ now: Instant) -> Int {
    if let known = peers.firstIndex(where: { $0?.peer === peer }) { return known }
    let free = peers.firstIndex { $0 == nil } ?? peers.count
    if free == peers.count { peers.append(nil) }
    peers[free] = PeerLanes(peer: peer, incarnation: incarnation, since: now, breaker: Breaker(settings ?? BreakerSettings(), now: now))
    return free
  }

  /// The peer is no member any more.
  mutating func remove(_ peer: Peer) {
    guard let index = peers.firstIndex(where: { $0?.peer === peer }) else { return }
    for lane in peers[index]!.lanes {
      gone[lanes[lane]!.kind, default: 0] += hot[lane].answers
      hot[lane] = Hot(era: hot[lane].era &+ 1)
      lanes[lane] = nil
    }
    peers[index] = nil
    peer.keep(LaneMark())
  }

  /// The peer is a member as this incarnation: what is known of an earlier one says nothing about it. Answers whether there was one.
  mutating func lives(_ peer: Peer, as incarnation: UInt64, now: Instant) -> Bool {
    guard let index = peers.firstIndex(where: { $0?.peer === peer }), peers[index]!.incarnation != incarnation else { return false }
    peers[index]!.incarnation = incarnation
    peers[index]!.since = now
    peers[index]!.breaker.reset(now: now)
    for lane in peers[index]!.lanes { lanes[lane]!.breaker.reset(now: now) }
    refresh(index)
    return true
  }

  /// Whom a try went to; nil when that one is no member any more.
  func peer(of pass: CallPass) -> Peer? {
    pass.lane < 0 ? nil : lanes[Int(pass.lane)].flatMap { peers[$0.peer]?.peer }
  }

  /// Which incarnation a try went to; nil when that is no member any more.
  func incarnation(of pass: CallPass) -> Incarnation? {
    guard pass.lane >= 0, let peer = lanes[Int(pass.lane)].flatMap({ peers[$0.peer] }), pass.sentAt >= peer.since else { return nil }
    return Incarnation(peer.incarnation)
  }

  /// Calls of a kind that were answered since this loop began.
  func answers(of kind: UInt32) -> UInt64 {
    lanes.indices.reduce(gone[kind] ?? 0) { lanes[$1]?.kind == kind ? $0 + hot[$1].answers : $0 }
  }

  /// After a change of a peer's breakers: what its calls see of them.
  private mutating func refresh(_ peer: Int) {
    let owner = peers[peer]!
    for index in owner.lanes {
      let lane = lanes[index]!
      hot[index].era = lane.eraBefore &+ owner.breaker.era &+ lane.breaker.era
      hot[index].isGuarded = !(owner.breaker.isClosed && lane.breaker.isClosed)
    }
  }
}

// MARK: When something is wrong

extension CallLanes {
  /// Which breaker opened.
  struct Opening {
    let peer: Peer
    let incarnation: UInt64
    /// Nil for the whole peer's.
    let kind: UInt32?
    let failuresInARow: Int
    let until: Instant
  }

  /// A call wants to leave on a lane that is guarded: its pass, or until when it is refused.
  mutating func admit(_ lane: Int, at now: Instant) -> (pass: CallPass?, refusedUntil: Instant, byKind: Bool) {
    let owner = lanes[lane]!.peer
    if let until = peers[owner]!.breaker.refusal(at: now) { return (nil, until, false) }
    if let until = lanes[lane]!.breaker.refusal(at: now) { return (nil, until, true) }
    let first = peers[owner]!.breaker.pass(at: now)
    let second = lanes[lane]!.breaker.pass(at: now)
    refresh(owner)
    let pass = CallPass(
      lane: Int32(lane), era: hot[lane].era, isProbe: first.isProbe || second.isProbe, sentAt: now)
    return (pass, now, false)
  }

  /// The end of a try, as far as it says something.
  mutating func heard(_ testimony: Testimony, _ pass: CallPass, now: Instant, random: UInt64) -> Opening? {
    let index = Int(pass.lane)
    guard hot[index].era == pass.era, let lane = lanes[index], let owner = peers[lane.peer] else { return nil }
    defer { refresh(lane.peer) }
    switch testimony {
    case .answered:
      hot[index].answers &+= 1
      peers[lane.peer]!.breaker.answered(owner.breaker.era, now: now)
      lanes[index]!.breaker.answered(lane.breaker.era, now: now)
    case .nothing:
      peers[lane.peer]!.breaker.toldNothing(owner.breaker.era, now: now)
      lanes[index]!.breaker.toldNothing(lane.breaker.era, now: now)
    case .peerFailed:
      guard settings != nil else { return nil }
      let answers = owner.lanes.reduce(0) { $0 &+ hot[$1].answers }
      peers[lane.peer]!.breaker.failed(owner.breaker.era, answers: answers, now: now, random: random)
      lanes[index]!.breaker.toldNothing(lane.breaker.era, now: now)
      return opening(peers[lane.peer]!.breaker, after: owner.breaker, owner, kind: nil)
    case .kindFailed:
      guard settings != nil else { return nil }
      // It spoke meanwhile: that is what the peer's probe wanted to know.
      peers[lane.peer]!.breaker.answered(owner.breaker.era, now: now)
      lanes[index]!.breaker.failed(lane.breaker.era, answers: hot[index].answers, now: now, random: random)
      return opening(lanes[index]!.breaker, after: lane.breaker, owner, kind: lane.kind)
    }
    return nil
  }

  private func opening(_ breaker: Breaker, after before: Breaker, _ owner: PeerLanes, kind: UInt32?) -> Opening? {
    guard breaker.openings > before.openings, case .open(let until) = breaker.state else { return nil }
    return Opening(
      peer: owner.peer, incarnation: owner.incarnation, kind: kind, failuresInARow: breaker.failuresInARow, until: until)
  }
}
