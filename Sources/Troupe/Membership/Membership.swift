// The driver of a node's membership: it hands events to the pure `MembershipMachine` and does what the machine answers. It
// decides nothing. Lives on the node's first loop; `Membership+Store`, `+Peers` and `+Shards` do the effects of each kind.

final class Membership {
  let stages: [StageHome]
  let store: any Store
  let log: Log
  let me: Member
  var machine: MembershipMachine

  private var events: [MembershipEvent] = []
  private var isStepping = false
  private var timer: LoopTimer?
  private(set) var stopped: StopReason?
  private var whenReady: [(String?) -> Void] = []
  private var whenStopped: [(StopReason) -> Void] = []
  var nextTicket: UInt64 = 0
  var settings: [UInt64: (SettingOutcome) -> Void] = [:]
  /// That the log has.
  var complaintOfStore: String?
  var words: [UInt64: ([IncarnationName]) -> Void] = [:]
  /// Why this node may not join, as members have said last.
  var refusedGreetings: [NodeID: String] = [:]
  var dialBacks = DialBacks()
  /// Clients that wait for this node's next beat, for what it shows.
  var beatAskers = BeatAskers()
  /// Shards that are being sealed, or are, for others.
  var sealing: [ShardID: Sealing] = [:]
  /// For whoever looks.
  var history = ViewHistory()
  let evolution: Evolution
  /// Of the other members, those that have said it; see `Membership+Evolution`.
  var knowledge: [IncarnationName: Knowledge] = [:]
  /// Members that are being asked.
  var asking: Set<IncarnationName> = []
  /// Looks at the loads of all nodes when this one is the first of them.
  var balancer: Balancer
  /// A node that may not still ends the rounds of others.
  let beginsRounds: Bool
  var balanceTimer: LoopTimer?
  /// What is held back now.
  var guarded: [UInt32: CaseGuard] = [:]

  var stage: Stage { stages[0].stage.value }
  var loop: any EventLoop { stages[0].loop }
  var now: Moment { Moment(nanoseconds: loop.freshNow().nanoseconds) }

  init(
    _ stages: [StageHome], store: any Store, log: Log, me: Member, ended: [Incarnation], cluster: String, shardCount: Int, seed: UInt64,
    evolution: Evolution, balance: BalancePolicy? = nil
  ) {
    self.evolution = evolution
    balancer = Balancer(balance ?? BalancePolicy())
    beginsRounds = balance != nil
    self.stages = stages
    self.store = store
    self.log = log
    self.me = me
    machine = MembershipMachine(cluster: cluster, me: me, ended: Set(ended), shardCount: shardCount, seed: seed)
  }

  // MARK: Events

  /// One event at a time: what an effect causes at once waits until all effects before it are done.
  func take(_ event: MembershipEvent) {
    events.append(event)
    guard !isStepping else { return }
    isStepping = true
    while !events.isEmpty {
      let effects = machine.handle(events.removeFirst(), now: now)
      for effect in effects { perform(effect) }
    }
    isStepping = false
    tellIfReady()
    planTick()
  }

  private func planTick() {
    timer?.cancel()
    timer = nil
    guard stopped == nil, !machine.isGone else { return }
    let wait = max(machine.wakeAt - now, .milliseconds(1))
    timer = loop.schedule(after: wait) { [weak self] in self?.take(.tick) }
  }

  private func perform(_ effect: MembershipEffect) {
    switch effect {
    case .beat(let counter): beat(counter)
    case .readBeats: readBeats()
    case .readRegister: readRegister()
    case .createCluster(let view): change { [store] () async throws(StoreError) in try await store.createCluster(view) }
    case .compareAndSet(let view): change { [store] () async throws(StoreError) in try await store.compareAndSet(view) }
    case .greet(let members): greet(members)
    case .probe(let members): probe(members)
    case .askWord(let round, let suspects, let members): askWord(round, suspects, of: members)
    case .askUnheard(let round, let unheard, let members): askUnheard(round, unheard, of: members)
    case .giveWord(let ticket, let dead): words.removeValue(forKey: ticket)?(dead)
    case .tellEpoch(let epoch): onStages { $0.peers.announce(epoch: epoch.value) }
    case .believe(let until): believe(until)
    case .viewChanged(let view): adopt(view)
    case .joined:
      log(.info, "\(me.id) has joined the cluster")
      planBalance()
    case .leaseRenewed(let until): lease(until: Instant(nanoseconds: until.nanoseconds))
    case .leaseLost: lease(until: Instant(nanoseconds: .min))
    case .takeOver(let shards): takeOver(shards)
    case .warm(let targets): warm(targets)
    case .seal(let targets, let transfer): seal(targets, transfer)
    case .unseal(let shards): unseal(shards)
    case .drop(let shards, let epoch): drop(shards, movedTo: epoch)
    case .settingEnded(let ticket, let outcome): settings.removeValue(forKey: ticket)?(outcome)
    case .note(let text): log(.info, text)
    case .stop(let reason): stop(reason)
    }
  }

  /// On each loop of the node, in order with everything else that membership does there.
  func onStages(_ body: @escaping @Sendable (Stage) -> Void) {
    for home in stages {
      if home.loop.isCurrent { body(home.stage.value) } else { home.loop.execute { body(home.stage.value) } }
    }
  }

  // MARK: Beginning and end

  func start(ready: @escaping (String?) -> Void) {
    whenReady.append(ready)
    take(.started)
  }

  /// A member with a lease, whose shards answer or will as soon as they are called: reading the tails of all of them can take long.
  private var isReady: Bool { machine.answersProbes(at: now) && machine.hasItsShards }

  private func tellIfReady() {
    guard !whenReady.isEmpty, isReady else { return }
    for tell in whenReady { tell(nil) }
    whenReady = []
  }

  /// Gives up waiting for `ready`.
  func startTimedOut(_ sentence: String) {
    for tell in whenReady { tell(sentence) }
    whenReady = []
  }

  private func stop(_ reason: StopReason) {
    log(reason == .left ? .info : .error, "membership ends: \(reason)")
    stopped = reason
    timer?.cancel()
    balanceTimer?.cancel()
    startTimedOut("\(reason)")
    for tell in whenStopped { tell(reason) }
    whenStopped = []
    beatAskers.takeAll().refuse("\(reason)")
  }

  /// Calls back at once when it has ended already.
  func onStop(_ tell: @escaping (StopReason) -> Void) {
    if let stopped { tell(stopped) } else { whenStopped.append(tell) }
  }

  /// The node ends without leaving: nothing more is decided.
  func abandon() {
    timer?.cancel()
    timer = nil
    if stopped == nil { stop(.left) }
  }
}
