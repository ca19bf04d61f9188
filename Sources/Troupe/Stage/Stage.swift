// Everything of a node, or of a client, that lives on one event loop: the shards it serves, the calls it has out, its links.
// Not Sendable: it is touched on its loop only, and reached from elsewhere through `StageHome`.

@usableFromInline final class Stage {
  let loop: any EventLoop
  let registry: Registry
  let store: any Store
  let writer: WriterID
  /// A node's own id; nil for a client.
  let node: NodeID?
  let log: Log
  /// Nil where nobody listens.
  let tracer: StageTracer?
  /// Set before the first call.
  var cluster: Cluster!
  private(set) var home: StageHome!
  private(set) var peers: Peers!

  /// By shard id; only what this loop serves, takes over or seals. Empty until the first view tells how many there are.
  var shards: [Shard?] = []
  /// Shards in which calls wait for more than an entity, and some in which none does any more.
  var holders: Set<Int> = []
  /// Counts take-overs of all shards.
  var generations: UInt64 = 0
  var routing: RoutingTable?
  /// By shard, made from the routing table.
  var routes: [Route] = []
  /// Of the view that the routes were made from.
  var epochOfRoutes: UInt64 = 0
  /// Until when this node may answer; for ever on a client.
  var leaseUntil: Instant
  /// Counting calls nobody, so no two accesses overlap; each call counts twice.
  @exclusivity(unchecked) var counters = Counters()
  var load: LoadWindow
  let shedder: LoadShedder
  let tailReads = TailReads()
  /// Links to newcomers that are just being dialled back.
  var dialledBack: [Link] = []
  /// What has come ahead of shards.
  var arrivals = Arrivals()
  var resting = RestingCalls()
  let backlogReads = Turnstile(limit: Turnstile.pages)
  let checkpoints = Turnstile(limit: Turnstile.checkpoints)
  let snapshotPolicy: SnapshotPolicy
  let quarantine: QuarantinePolicy
  @exclusivity(unchecked) var tails = TailsTogether()
  let archive: (any RecordArchive)?
  /// How far the clock has run since this pass began, looked at with every sixteenth call; nanoseconds.
  var passLag: Int64 = 0
  /// Each call looks here twice, and nothing that is done to it comes back to the stage: so no two accesses overlap, and the check
  /// that they do not, which costs more than the look, is left out.
  @exclusivity(unchecked) var defences: CallDefences
  /// The synchronous turn that is on the stack.
  var synchronousTurn: SynchronousTurn?
  /// The last argument of the call that is being delivered, when it stands apart.
  var large: LargeBytes?
  var idleRunners: [TurnRunner] = []
  /// All there are, idle or not.
  var runners: [TurnRunner] = []
  var waiting = WaitingActivations()
  /// Calls to entities of this process that have come back.
  var spareCalls: [HomeCall] = []
  /// All that this stage has made, those under way too; each knows its place.
  var homeCalls: [HomeCall] = []
  /// Rounds of housekeeping until they are next looked through.
  var restsOfHomeCalls = 0
  var streams: [UInt64: OpenStream] = [:]
  /// Made by the turn that is on the stack.
  var opened: OpenStream?
  /// Told calls that have no answer yet; and those of a durable command, until it has ended.
  var toldOpen = 0
  var holdsTold = false
  var heldTold: [ToldCall] = []
  /// What is told while a reminder is being set: kept instead of sent.
  var captured: [CapturedCall]?
  /// What consumers have counted that have ended here, by group.
  var pastConsumers: [String: ConsumerCounts] = [:]
  /// How many late reminders may fire here now.
  var lateReminders = LatePace()
  var isClosed = false
  /// Nil when everybody may call everything.
  private(set) var access: AccessTable?
  /// Links on which an identity was refused, which the log has said.
  var refusedIdentities: Set<ObjectIdentifier> = []

  private var listener: (any Listener)?
  var housekeeper: LoopTimer?
  var nextSwept = 0
  /// By kind that has cases which some member of the view does not know.
  var guarded: [UInt32: CaseGuard] = [:]
  var acknowledged = AcknowledgedCalls()
  /// Of the nodes that the view lists; empty until beats were read.
  var beliefs: [String: Belief] = [:] { didSet { for link in peers.answeringLinks { believe(link) } } }
  private var scratch = Writer()
  private var journalsWithWork: [Shard] = []
  private var isRegisteredForPassEnd = false
  @exclusivity(unchecked) var openCalls = OpenCalls()
  /// Entities with bulk calls of this loop under way.
  var openBulk = OpenBulk()
  /// Calls that give way to others here; see `Stage+Bulk`. Nil where bulk calls are as any other.
  let bulk: BulkQueue?
  let callerID: UInt64
  /// Who wants to know when a shard is served, given by the membership driver.
  var onFenced: ((ShardID) -> Void)?
  var onServed: ((ShardID) -> Void)?
  var onConflict: ((ShardID) -> Void)?
  /// With each window of loads: what the shards here have cost.
  var onHeat: (([ShardID: UInt64]) -> Void)?
  var onNewerEpoch: ((Epoch) -> Void)?
  /// Who wants to know when the breaker of a member opens: a node's membership.
  var onDoubt: ((IncarnationName) -> Void)?
  /// A node's; nil on a client, and until the node has started.
  var answers: Answers?
  /// Where the turn that runs is marked for the watchdog; nil where there is none.
  var turnMark: TurnMark?

  init(_ parts: Parts, loop: any EventLoop) {
    self.loop = loop
    registry = parts.registry.ofOneLoop
    store = parts.store
    writer = WriterID(parts.incarnation.value)
    node = parts.node
    log = parts.log
    tracer = parts.tracer.map { StageTracer($0, process: parts.hello.name, loop) }
    load = LoadWindow(began: loop.now)
    shedder = LoadShedder(parts.overload)
    snapshotPolicy = parts.snapshots
    quarantine = parts.quarantine
    archive = parts.archive
    bulk = parts.priorities ? BulkQueue() : nil
    defences = CallDefences(parts.calls, now: loop.now)
    leaseUntil = parts.node == nil ? .distantFuture : Instant(nanoseconds: .min)
    callerID = loop.random()
    home = StageHome(stage: self)
    var hello = parts.hello
    hello.loopIndex = UInt16(loop.index)
    peers = Peers(
      loop: loop, local: hello, security: parts.security, policy: parts.links,
      checker: parts.identities.map { IdentityChecker($0, audience: parts.hello.cluster) }, delegate: self)
    access = AccessTable(parts.access, registry)
  }

  /// What a stage is made of, the same for all loops of a process.
  struct Parts: Sendable {
    let registry: Registry
    let store: any Store
    let incarnation: Incarnation
    let node: NodeID?
    /// What each loop says of itself to its peers, but for its index.
    let hello: HelloInfo
    let security: TLSContext?
    var calls = CallPolicy()
    let log: Log
    var overload = OverloadPolicy.off
    var snapshots = SnapshotPolicy()
    var quarantine = QuarantinePolicy()
    var archive: (any RecordArchive)?
    var priorities = true
    var links = LinkPolicy()
    var access = AccessRules.everything
    /// Who may vouch for end users; nil takes any name.
    var identities: IdentityKeys?
    var tracer: (any CallTracer)?
  }

  var isInSynchronousTurn: Bool { synchronousTurn != nil }

  /// Makes no calls, so it has neither deadline nor chain to hand on.
  struct SynchronousTurn {
    /// In whose name it was called.
    let caller: CallerIdentity?
    let trace: TraceContext?
    let isBulk: Bool
  }

  struct Counters: Sendable {
    var calls: UInt64 = 0
    var sent: UInt64 = 0
    var refused: UInt64 = 0
    /// Of those refused, the ones that had waited too long.
    var shed: UInt64 = 0
    /// Taken back by their callers before they began, or while they ran.
    var cancelled: UInt64 = 0
    var durable: UInt64 = 0
    var activations: UInt64 = 0
    var snapshots: UInt64 = 0
    var streams: UInt64 = 0
    /// Calls that nobody waits for, and those of them that are not known to have run.
    var told: UInt64 = 0
    var toldLost: UInt64 = 0
    /// Reminders whose command took effect, and those whose command failed and will be tried again.
    var reminders: UInt64 = 0
    var remindersFailed: UInt64 = 0
  }

  /// Listens for peers; answers where.
  func listen(on address: SocketAddress) throws(NetError) -> SocketAddress {
    let listener = try peers.listen(on: address)
    self.listener = listener
    let (log, place) = (log, listener.address)
    listener.whenExhausted = { why in
      if let why { return log(.error, "no connection can be accepted at \(place): \(why); links that are open stay") }
      log(.info, "connections are accepted at \(place) again")
    }
    return place
  }

  func stopListening() {
    listener?.close()
    listener = nil
  }

  // MARK: Lease

  /// Read on a fresh clock: the loop's own may be as old as its longest pass.
  var mayAnswer: Bool { loop.freshNow() < leaseUntil }

  // MARK: Scratch

  /// A reply larger than this, bytes, does not leave its memory behind.
  private static let keptScratch = 64 << 10

  /// Exchanges an empty writer for the one that turns write their replies to, and that keeps its memory. A turn within a turn finds
  /// an empty one there. Exchanged back when the reply is out.
  func exchangeScratch(_ writer: inout Writer) { swap(&writer, &scratch) }

  func giveBack(_ writer: inout Writer) {
    writer.removeAll(keepingCapacity: writer.count <= Self.keptScratch)
    swap(&writer, &scratch)
  }

  // MARK: Tasks

  /// Work that waits for the store: it runs on this loop.
  @discardableResult
  func spawn(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    Task(executorPreference: loop, operation: work)
  }
}

extension Stage {
  /// The same for work that has nothing to do with the turn that happens to run, if one does.
  func spawnApart(_ work: @escaping @Sendable () async -> Void) {
    TurnInfo.$current.withValue(nil) { _ = spawn(work) }
  }
}

extension Stage: EndOfPass {
  /// The shard has turns to append: at the end of this pass, together with all others.
  func journalHasWork(_ shard: Shard) {
    guard shard.journal.wantsAppend || !shard.journal.isInFlight else { return }
    if !isRegisteredForPassEnd {
      isRegisteredForPassEnd = true
      loop.atEndOfPass(self)
    }
    journalsWithWork.append(shard)
  }

  @usableFromInline func passEnded() {
    isRegisteredForPassEnd = false
    let shards = journalsWithWork
    journalsWithWork = []
    let batches = shards.compactMap { $0.journal.takeBatch(shard: $0.id, writer: writer) }
    guard !batches.isEmpty else { return }
    let generations = batches.map { self.shards[$0.shard.index]?.generation ?? 0 }
    spawn { [store, home = home!] in
      let result: Result<[AppendOutcome], StoreError>
      do throws(StoreError) { result = .success(try await store.append(batches)) } catch { result = .failure(error) }
      home.stage.value.appended(batches, generations, result)
    }
  }

  private func appended(_ batches: [AppendBatch], _ generations: [UInt64], _ result: Result<[AppendOutcome], StoreError>) {
    // Nothing leaves without a lease; the records stay, and a retry is answered from them.
    let mayAnswer = mayAnswer
    for index in batches.indices {
      guard let shard = shards[batches[index].shard.index], shard.generation == generations[index] else { continue }
      switch result {
      case .success(let outcomes):
        switch outcomes[index] {
        case .appended(let end) where mayAnswer: shard.appended(to: end)
        case .appended: lose(shard, "its lease ran out while the log took a batch")
        case .conflict(let head): lose(shard, "its log has moved on to \(head)")
        }
      case .failure(let error): lose(shard, "the store did not take a batch: \(error)")
      }
    }
  }

  /// The log is not what this node thought: what is in memory goes, and membership looks whose the shard is.
  func lose(_ shard: Shard, _ why: String) {
    log(.warning, "shard \(shard.id) is reloaded: \(why)")
    shard.giveUpMemory()
    onConflict?(shard.id)
  }

  func shardIsServed(_ shard: ShardID) { onServed?(shard) }
}
