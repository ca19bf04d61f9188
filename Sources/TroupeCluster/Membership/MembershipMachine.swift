// Everything that a node decides about membership, with no I/O, clock or randomness of its own: events in, effects out. There
// is no coordinator: every member runs this machine and all of them read one register. The driver in `Troupe/Membership` does
// the effects. Concerns stand in `MembershipMachine+…`.

/// The membership of one incarnation of a node, from its first look at the register to its leaving or burial.
///
///     var machine = MembershipMachine(cluster: "shop", me: member, seed: loop.random())
///     for effect in machine.handle(.started, now: now) { perform(effect) }
///     // after each answer, each message of a peer, and at `wakeAt`:
///     for effect in machine.handle(event, now: now) { perform(effect) }
///
/// Effects are to be done in order, before the next event is handed in. After `.stop` every event is ignored.
///
/// The machine is level-triggered: each event is noted, then everything that is due is done. So it matters little which
/// event comes when, and an event that never comes costs time, not safety.
public struct MembershipMachine: Sendable {
  enum Phase: Hashable, Sendable {
    /// Reads the register, creates it where there is none, meets the members, joins.
    case joining
    case member
    case gone
  }

  let cluster: String
  let me: Member
  let shardCount: Int
  let times: MembershipTimes
  /// Earlier incarnations of this node whose processes are gone for certain: their leases need not run out.
  let ended: Set<Incarnation>
  var now = Moment.distantPast
  var effects: [MembershipEffect] = []
  var random: SeededRandom

  var phase = Phase.joining
  public internal(set) var view: View?
  public internal(set) var lease: Lease
  var leaseWasValid = false
  var steadiness: Steadiness
  var peerBeats = PeerBeats()
  var waits = BurialWaits()
  var register = RegisterAccess()
  var links = LinkWatch()
  var shards = ShardPhases()
  /// The phases in which some shard is now. For whoever wants to know what a fault met.
  package var phasesOfShards: Set<ShardPhase> { shards.inUse }

  // Beats
  var counter: UInt64 = 0
  /// The beat, or the read of beats, that is out.
  var beatOut: RegisterAccess.Read?
  var nextBeat = Moment.distantPast
  var nextProbe = Moment.distantPast

  // Joining
  var startedAt = Moment.distantPast
  var greeted: Set<IncarnationName> = []
  var nextGreeting = Moment.distantPast

  // Suspicion
  var nextInquiry = Moment.distantPast
  var inquiries: UInt64 = 0
  var verdict: Verdict?
  var words: [PendingWord] = []
  var unheardInquiry = UnheardInquiry()

  // Moving
  var batch: HandoffBatch?
  var misplaced: (epoch: Epoch, shards: [(shard: ShardID, target: NodeID)]) = (.none, [])
  var cooling: [ShardID: Moment] = [:]
  var warmUps = WarmUps()
  /// What each shard of this node has cost lately, in any unit; empty until the driver says.
  var heat: [ShardID: UInt64] = [:]

  // People
  var wantsToLeave = false
  /// A leave was proposed: not to be listed any more is no surprise.
  var isLeaving = false
  var settings: [PendingSetting] = []

  /// - Parameters:
  ///   - me: as it will stand in the view, with a fresh incarnation.
  ///   - ended: earlier incarnations of this node of which it is proven that they will never answer again.
  ///   - shardCount: of a new cluster; an existing one keeps its own.
  ///   - seed: of the jitter.
  public init(
    cluster: String, me: Member, ended: Set<Incarnation> = [], shardCount: Int = View.defaultShardCount,
    times: MembershipTimes = MembershipTimes(), seed: UInt64
  ) {
    self.cluster = cluster
    self.me = me
    self.shardCount = shardCount
    self.times = times
    self.ended = ended
    lease = Lease(length: times.lease)
    steadiness = Steadiness(lease: times.lease)
    random = SeededRandom(seed: seed)
  }

  // MARK: The one door

  /// Notes what happened, and answers everything that is to be done now.
  public mutating func handle(_ event: MembershipEvent, now: Moment) -> [MembershipEffect] {
    guard phase != .gone else { return [] }
    self.now = max(self.now, now)
    take(event)
    advance()
    defer { effects = [] }
    return effects
  }

  /// When the machine wants `.tick` at the latest; asked again after each event.
  public var wakeAt: Moment {
    guard phase != .gone else { return .distantFuture }
    var wake = now + times.tick
    let dues = [nextBeat, register.notBefore, register.readNotBefore, waits.nextEnd(after: now, wait: times.wait)]
    for moment in dues where moment > now { wake = min(wake, moment) }
    return wake
  }

  // MARK: What the driver may ask

  public var isMember: Bool { phase == .member }
  public var isGone: Bool { phase == .gone }

  /// Whether a peer's probe is to be answered: by a member with a lease, and by nobody else.
  public func answersProbes(at now: Moment) -> Bool { phase == .member && lease.isValid(at: now) }

  public func phase(of shard: ShardID) -> ShardPhase { shards[shard] }

  /// Whether every shard that the view gives this node is its own in the log too: calls to them will be answered.
  public var hasItsShards: Bool {
    guard let view else { return false }
    return shards.count(.serving) + shards.count(.fenced) == view.shards(of: me.id).count
  }

  /// Nothing is on its way: every shard that the view gives this node is served, and none should be elsewhere.
  public var isSettled: Bool {
    guard phase == .member, let view else { return false }
    guard batch == nil, misplaced.epoch == view.epoch, misplaced.shards.isEmpty else { return false }
    return shards.count(.serving) == view.shards(of: me.id).count
  }

  // MARK: Inside

  private mutating func take(_ event: MembershipEvent) {
    switch event {
    case .started: started()
    case .tick: break
    case .beatTaken(let epoch, let beats): beatTaken(epoch, beats)
    case .beatRefused(let epoch): beatRefused(epoch)
    case .beatFailed, .beatsReadFailed: beatOut = nil
    case .beatsRead(let epoch, let beats): beatsRead(epoch, beats)
    case .registerRead(let view): registerRead(view)
    case .registerReadFailed: registerReadFailed()
    case .changeEnded(let outcome): changeEnded(outcome)
    case .probeAnswered(let name): probeAnswered(name)
    case .peerDoubted(let name): peerDoubted(name)
    case .greeted(let name): greeted.insert(name)
    case .epochHeard(let epoch): register.heard(epoch, now: self.now)
    case .wordAsked(let ticket, let suspects): wordAsked(ticket, suspects)
    case .wordGiven(let witness, let round, let dead): wordGiven(witness, round, dead)
    case .unheardAsked(let ticket, let names): unheardAsked(ticket, names)
    case .unheardGiven(let witness, let round, let names): unheardGiven(witness, round, names)
    case .shardFenced(let shard): shardFenced(shard)
    case .shardServed(let shard): shardServed(shard)
    case .shardsWarmed(let shards, let target): warmUps.ended(shards, target)
    case .heatMeasured(let heat): self.heat.merge(heat) { $1 }
    case .shardSealed(let shard): shardSealed(shard)
    case .shardLost(let shard): shardLost(shard)
    case .leaveRequested: wantsToLeave = true
    case .settingRequested(let ticket, let setting): settingRequested(ticket, setting)
    }
  }

  /// Everything that is due, the most urgent first. Each step looks at the state alone.
  private mutating func advance() {
    guard phase != .gone else { return }
    noticeLease()
    readIfDue()
    beatIfDue()
    voidIfDue()
    joinIfDue()
    guard phase == .member else { return }
    resumeDoubted()
    takeOverIfDue()
    probeIfDue()
    suspectIfDue()
    giveWordsIfDue()
    buryIfDue()
    askWhoElseHearsIfDue()
    buryUnheardIfDue()
    setIfDue()
    leaveIfDue()
    moveIfDue()
  }

  mutating func stop(_ reason: StopReason) {
    guard phase != .gone else { return }
    lease.end()
    effects.append(.leaseLost)
    let held = shards.held
    if !held.isEmpty { effects.append(.drop(held, view?.epoch ?? .none)) }
    for setting in settings { effects.append(.settingEnded(ticket: setting.ticket, .unknown)) }
    for word in words { effects.append(.giveWord(ticket: word.ticket, [])) }
    effects.append(.stop(reason))
    phase = .gone
  }
}
