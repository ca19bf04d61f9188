// Tells a client who beats, so that it believes nobody whose lease may be over: a machine that was frozen with its clock goes on
// answering when it thaws, and its successor serves already. Nodes know from the store; a client asks nodes.

/// Asks members in turn what their beats show, and says until when each of them is believed. Lives on the client's first loop.
final class BeatFollower {
  /// Half of what a lease leaves when two answers in a row show no new beat.
  static let every: Duration = .milliseconds(250)
  /// A node answers with its next beat, three tenths of a second later. On a slow line, or when either side has much to do, that takes longer
  /// and the questions overlap.
  private static let patience: Duration = .seconds(3)
  private static let underWayLimit = 8
  /// How a node begins its answer to a question that its version does not have: see `Answers`.
  private static let notKnown = "this node does not know what question"
  /// An answer that is not there by then makes the next question go to another node.
  private static let doubtAfter: Duration = .milliseconds(700)

  private let cluster: Cluster
  private var beats = PeerBeats()
  private var turn = 0
  /// When the last question was asked that was answered.
  private var lastAnswered = Moment.distantPast
  private var underWay = 0
  private var refusedInARow = 0
  /// Members of a version that does not know the question, found since the last answer.
  private var strangers: Set<String> = []
  private var timer: LoopTimer?
  private var isStopped = false

  private var stage: Stage { cluster.stages[0].stage.value }
  private var loop: any EventLoop { cluster.stages[0].loop }
  private var now: Moment { Moment(nanoseconds: loop.freshNow().nanoseconds) }

  init(_ cluster: Cluster) {
    self.cluster = cluster
    // Not every client asks the same member first.
    turn = Int(cluster.stages[0].loop.random() % 1_024)
  }

  func start() {
    guard !isStopped else { return }
    if underWay < Self.underWayLimit { ask() }
    timer = loop.schedule(after: Self.every) { [weak self] in self?.start() }
  }

  func stop() {
    isStopped = true
    timer?.cancel()
    timer = nil
  }

  private func ask() {
    let peers = stage.peers.all
    guard !peers.isEmpty else { return }
    if now - lastAnswered > Self.doubtAfter { turn += 1 }
    let peer = peers[turn % peers.count]
    guard peer.loopCount > 0 else { return turn += 1 }
    underWay += 1
    let (bound, link, started, asked) = (LoopBound(self, on: loop), LoopBound(peer.controlLink, on: loop), now, turn)
    stage.spawn {
      let reply: Reply = await withUnsafeContinuation { waiter in
        let now = bound.loop.freshNow()
        link.value.ask(.beats, deadline: now + Self.patience, write: { _ in }, reply: ReplyWaiter(waiter))
      }
      bound.value.answered(reply, started, asked)
    }
  }

  private func answered(_ reply: Reply, _ started: Moment, _ asked: Int) {
    underWay -= 1
    guard !isStopped else { return }
    guard reply.status == .value, let shown = try? BeatsShown(wireBytes: reply.bytes) else { return failed(reply, asked) }
    refusedInARow = 0
    strangers = []
    lastAnswered = max(lastAnswered, started)
    guard let view = stage.routing?.view else { return }
    beats.saw(shown.beats.filter { view.lists($0.name) }, readStarted: started, now: now)
    beats.watch(Set(view.members.map(\.name)), now: now)
    // Whoever that view or a later one lists had no successor then.
    spread(view, proven: shown.epoch <= view.epoch.value ? Instant(nanoseconds: started.nanoseconds) : Instant(nanoseconds: .min))
  }

  /// Gone, without a lease, or of a version that does not know the question: another may know, and is asked at once if there was an answer.
  private func failed(_ reply: Reply, _ asked: Int) {
    let peers = stage.peers.all
    // The others may have been asked meanwhile.
    guard asked == turn, !peers.isEmpty else { return }
    if reply.status == .refused, reply.text.hasPrefix(Self.notKnown) { strangers.insert(peers[asked % peers.count].name) }
    turn += 1
    guard strangers.isEmpty || !peers.allSatisfy({ strangers.contains($0.name) }) else { return stopDoubting() }
    refusedInARow += 1
    if reply.status == .refused, refusedInARow < peers.count, underWay < Self.underWayLimit { ask() }
  }

  /// Nobody is left who knows the question: all are believed, as before anybody did.
  private func stopDoubting() {
    strangers = []
    beats = PeerBeats()
    tell([:])
  }

  /// Of whom no beat was seen yet nothing is said: it has just joined.
  private func spread(_ view: View, proven: Instant) {
    let beaten = view.members.filter { beats.hasBeaten($0.name) }
    let beliefs = Dictionary(
      uniqueKeysWithValues: beaten.map { member in
        let until = beats.believable(member.name, lease: Lease.defaultLength)
        return (
          member.id.value, Belief(incarnation: member.incarnation.value, until: Instant(nanoseconds: until.nanoseconds), proven: proven)
        )
      })
    tell(beliefs)
  }

  private func tell(_ beliefs: [String: Belief]) {
    for home in cluster.stages {
      if home.isHere { home.stage.value.beliefs = beliefs } else { home.loop.execute { home.stage.value.beliefs = beliefs } }
    }
  }
}
