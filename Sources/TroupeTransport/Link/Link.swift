// One connection to one loop of one peer, and the calls on it in both directions. Lives on its loop and is touched nowhere else.
// `Link+Calls` sends calls and questions, `Link+Replies` answers, `Link+Receiving` reads frames, `Link+Life` opens and ends it.
import TroupeNet
import TroupeWire

/// A link to a peer: carries calls there and answers back, and the same the other way round.
///
/// Frames are gathered and leave in one write when the loop's pass has run dry. Calls leave in the order in which they were made;
/// answers in the order in which they were given; control frames before both. When the link ends, every caller is told whether
/// its call may have been executed: `.neverSent` (no), `.connectionLost` (maybe).
public final class Link {
  enum Phase {
    /// Not dialled yet, or the connection is being made; calls are kept. Next: `greeting` or `ended`.
    case waiting
    /// Connected; HELLO is under way. Next: `open` or `ended`.
    case greeting
    case open
    case ended
  }

  public let loop: any EventLoop
  public let local: HelloInfo
  /// We called; otherwise the peer did.
  public let isOutgoing: Bool
  /// Who the peer is, once the link has opened.
  public internal(set) var peer: HelloInfo?
  /// The last epoch that this link carried, either way: a hint is not repeated.
  public internal(set) var announcedEpoch: UInt64 = 0

  /// Until when what the peer says counts. The runtime sets it, and asks for it before it runs a call; answers wait here past it.
  public private(set) var believedUntil = Instant.distantFuture
  /// Answers of a peer that is not believed now; see `Link+Belief`.
  var unbelieved = UnbelievedAnswers()

  /// - Parameter proven: what came before this instant counts in any case.
  public func believe(until: Instant, proven: Instant) {
    believedUntil = until
    if !unbelieved.isEmpty { takeAnswers(arrivedBefore: loop.now < until ? .distantFuture : proven) }
  }

  var phase = Phase.waiting
  var handshake: Handshake
  var connection: (any Connection)?
  var delegate: (any LinkDelegate)?
  /// For the pool that this link belongs to.
  var whenEnded: ((Link) -> Void)?

  // Timers hold the link strongly and are cancelled when it ends: a weak reference to it, once made, would slow every later
  // retain and release of it.

  // What waits for the end of the pass.
  var control = Writer()
  /// Unchecked for the same reason as `pending`: what writes into it is handed a writer of its own, see `takeData`.
  @exclusivity(unchecked) var data = Writer()
  /// What is too large to travel whole, each way.
  var outgoing = OutgoingMessages()
  var incoming = IncomingMessages()
  /// An argument of the call that is being written which is too large to be copied; empty but for that.
  let large = LargeBytes()
  /// One chunk on its way out.
  var chunk = Writer()
  /// What both sides know beyond the version; known once the link is open.
  var features: LinkFeatures = []
  var speaksChunks: Bool { features.contains(.chunks) }
  /// Whether a call may be marked as an orphan: what waits for the link to open is respelt when it does.
  public var takesOrphans: Bool { phase != .open || features.contains(.orphans) }
  /// A frame longer than this is looked at once more: it may travel in chunks or become smaller.
  var plainLimit = ChunkLimits.whole
  /// Whether frames of this link are made smaller.
  var compresses = false
  var compression = CompressionGuard()
  /// Whether `data` begins with a STAMP.
  var isStamped = false
  private(set) var queueDelay = QueueDelay()
  let budget: MessageBudget
  /// Identities that this side has declared, and those that the peer has; see `Link+Identity`.
  var declared = OutgoingIdentities()
  var callers = IncomingIdentities()
  let checker: IdentityChecker?
  /// Those of the calls that have time.
  var bulk = BulkCalls()
  var isGathering = false
  /// Frames in `data`.
  var gatheredFrames = 0
  var isHolding = false
  var holdTimer: LoopTimer?
  /// What the connection had not got rid of when we last looked, bytes.
  var backlog = 0

  /// What is done to it calls nobody, so no two accesses overlap, and the check of that would be a fiftieth of a call.
  @exclusivity(unchecked) var pending: PendingCalls<ReplyWaiter>
  /// Deadlines before this one would need an earlier look than the next that is planned.
  var nextSweep = Instant.distantFuture
  var sweepTimer: LoopTimer?
  /// While calls are under way: the next look for callers that were cancelled.
  var cancelTimer: LoopTimer?

  // How it ends: see `Link+Leaving`.
  let policy: LinkPolicy
  private(set) var isBehind = false
  var isRetired = false
  var isAskedToLeave = false
  /// Nobody needed it any more: whoever calls next need not wait before dialling.
  var hasLeft = false
  var leaveTimer: LoopTimer?
  var deliveredTell: (() -> Void)?
  var wantsFence = false
  /// Since the last look.
  var isUsed = false
  var usedAt = Instant(nanoseconds: 0)
  var oldAt = Instant.distantFuture

  var keepAlive: KeepAlive
  /// Since when a frame is arriving that is not whole yet.
  var partialSince: Instant?
  var lifeTimer: LoopTimer?
  /// The largest frame that may be sent.
  var maxFrame = TransportLimits.frame

  // What can be seen from outside: see `Link+Report`.
  /// Carries questions and no calls: the pool that dials it says so.
  var isControl = false
  /// Tells the links of a loop apart.
  var number: UInt64 = 0
  /// When it opened; before that, when it was made.
  var since: Instant
  /// Added to with each write and each read; nobody is called meanwhile.
  @exclusivity(unchecked) var traffic = LinkTraffic()
  var roundTrip = RoundTrip()
  var stampedAt: Instant?

  init(
    on loop: any EventLoop, local: HelloInfo, isOutgoing: Bool, handshake: Handshake, budget: MessageBudget, policy: LinkPolicy,
    checker: IdentityChecker?, delegate: (any LinkDelegate)?
  ) {
    self.checker = checker
    self.policy = policy
    pending = PendingCalls(limit: policy.callsInFlight)
    self.budget = budget
    self.loop = loop
    self.local = local
    self.isOutgoing = isOutgoing
    self.handshake = handshake
    self.delegate = delegate
    keepAlive = KeepAlive(now: loop.now)
    since = loop.now
  }

  /// How long what arrives now has waited on its way, by the stamps of the peer; nanoseconds. An estimate over two clocks: it means
  /// something only where this side is known to be behind.
  public var waitedNanoseconds: Int64 { queueDelay.nanoseconds }

  /// Calls wait in it until those over `link` have been delivered.
  func wait(behind link: Link) {
    isBehind = true
    link.whenDelivered { [self] in
      isBehind = false
      guard phase == .open else { return }
      // Some have waited too long by now, and the others have less time left.
      data = HeldFrames.release(data.span, &pending, now: loop.now)
      bulk.keepOpen { pending.isCall($0) }
      isStamped = false
      flushSoon()
    }
  }

  func stamped(_ sent: UInt64) {
    let now = loop.freshNow()
    stampedAt = now
    queueDelay.stamped(sent, now: now)
  }

  public var isOpen: Bool { phase == .open }

  /// Whether it is over: nothing can be sent, now or later.
  public var hasEnded: Bool { phase == .ended }

  /// Output that the kernel has not taken yet, bytes.
  public var pendingBytes: Int { (connection?.pendingBytes ?? 0) + control.count + data.count + outgoing.pendingBytes + bulk.waitingBytes }

  /// Calls and questions without an answer.
  public var pendingCalls: Int { pending.count }

  /// Who is at the other end, as well as is known; for a log line.
  public var peerDescription: String {
    if let peer { return "\(peer.role.word) \(peer.name)/\(peer.loopIndex)" }
    if let identity = connection?.peer { return identity.description }
    return handshake.expecting.name ?? connection?.remoteAddress?.description ?? "an unknown peer"
  }
}

extension Link {
  /// Takes the output out while a frame is written by somebody else's code: one check that nobody writes in between, instead of
  /// one for each field.
  @inline(__always)
  func takeData() -> Writer {
    var writer = Writer()
    swap(&writer, &data)
    return writer
  }

  @inline(__always)
  func putBack(_ writer: consuming Writer) {
    precondition(data.count == 0, "what writes into a link's frame must not use the link")
    data = writer
  }
}

extension Link: EndOfPass {
  /// Something was written: it leaves at the end of the pass, or at once when it is much.
  @inline(__always)
  func gathered() {
    if !isGathering { gatherUntilEndOfPass() }
    gatheredFrames += 1
    if gatheredFrames >= TransportLimits.gatherFrames || data.count >= TransportLimits.gather, phase == .open { flush() }
  }

  /// What is there already leaves with the end of the pass.
  func flushSoon() {
    if !isGathering { gatherUntilEndOfPass() }
  }

  private func gatherUntilEndOfPass() {
    isGathering = true
    loop.atEndOfPass(self)
  }

  public func passEnded() {
    isGathering = false
    flush()
  }

  func flush() {
    guard phase == .open || phase == .greeting, let connection else { return }
    if control.count > 0 {
      traffic.sent(bytes: control.count)
      connection.send(control.span)
      Self.empty(&control)
    }
    if data.count == 0 { countGathered() }
    if wantsFence, !isBehind { writeFence() }
    guard phase == .open, data.count > 0 || !outgoing.isEmpty, !isHolding, !isBehind else { return }
    guard delegate?.linkMayFlush(self) ?? false else { return hold() }
    if data.count > 0 {
      if isStamped {
        ControlFrames.patchStamp(UInt64(bitPattern: loop.freshNow().nanoseconds), in: &data)
        gatheredFrames += 1
      }
      isStamped = false
      traffic.sent(bytes: data.count)
      connection.send(data.span)
      Self.empty(&data)
      countGathered()
    }
    if !outgoing.isEmpty { sendChunks(over: connection) }
    backlog = connection.pendingBytes
  }

  /// What was gathered has left.
  private func countGathered() {
    traffic.framesOut &+= UInt64(truncatingIfNeeded: gatheredFrames)
    gatheredFrames = 0
  }

  private func hold() {
    isHolding = true
    holdTimer = loop.schedule(after: TransportLimits.holdRetry) {
      self.isHolding = false
      self.flush()
    }
  }

  private static func empty(_ writer: inout Writer) {
    writer.removeAll(keepingCapacity: writer.count <= TransportLimits.keptBuffer)
  }
}
