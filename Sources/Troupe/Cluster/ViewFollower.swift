// Keeps a client's view up to date: from a seed at first, then from whichever member answers.

final class ViewFollower {
  private let cluster: Cluster
  private let seeds: [SocketAddress]
  private var nextSeed = 0
  private var isAsking = false
  private var wanted = Epoch(0)
  private var isStopped = false
  private var timer: LoopTimer?
  private var lastFailure = "no node has answered"
  private var whenSeen: ((String?) -> Void)?
  private var deadline = Instant.distantFuture

  private var stage: Stage { cluster.stages[0].stage.value }
  private var loop: any EventLoop { cluster.stages[0].loop }

  init(_ cluster: Cluster, seeds: [SocketAddress]) {
    self.cluster = cluster
    self.seeds = seeds
  }

  /// Calls `seen` with nil once there is a view, or with a sentence when the time is up.
  func start(limit: Duration, _ seen: @escaping (String?) -> Void) {
    whenSeen = seen
    deadline = loop.freshNow() + limit
    ask()
  }

  func stop() {
    isStopped = true
    timer?.cancel()
    timer = nil
  }

  func heard(of epoch: Epoch) {
    guard epoch > wanted else { return }
    wanted = epoch
    if !isAsking { ask() }
  }

  private func ask() {
    guard !isStopped else { return }
    isAsking = true
    timer?.cancel()
    let bound = LoopBound(self, on: loop)
    let link = source()
    stage.spawn {
      let reply: Reply = await withUnsafeContinuation { waiter in
        let now = bound.loop.freshNow()
        link.value.ask(.view, deadline: now + Client.askLimit, write: { _ in }, reply: ReplyWaiter(waiter))
      }
      bound.value.answered(reply)
    }
  }

  /// A member in turn, or a seed while none is known or none answers.
  private func source() -> LoopBound<Link> {
    defer { nextSeed += 1 }
    let peers = stage.peers.all
    let turn = nextSeed % (peers.count + 1)
    if turn < peers.count, peers[turn].loopCount > 0 { return LoopBound(peers[turn].controlLink, on: loop) }
    return LoopBound(stage.peers.seed(seeds[nextSeed % seeds.count]), on: loop)
  }

  private func answered(_ reply: Reply) {
    isAsking = false
    guard !isStopped else { return }
    do throws(WireError) {
      if reply.status == .value {
        spread(RoutingTable(try View(wireBytes: reply.bytes)))
      } else {
        lastFailure = reply.text
      }
    } catch {
      lastFailure = "a node's view cannot be read: \(error)"
    }
    let isBehind = wanted > (stage.routing?.epoch ?? Epoch(0))
    if whenSeen != nil, loop.freshNow() >= deadline { return tell(lastFailure) }
    timer = loop.schedule(after: stage.routing == nil || isBehind ? .milliseconds(50) : Client.refresh) { [weak self] in self?.ask() }
  }

  private func spread(_ table: RoutingTable) {
    for home in cluster.stages {
      if home.isHere { home.stage.value.adopt(table) } else { home.loop.execute { home.stage.value.adopt(table) } }
    }
    tell(nil)
  }

  private func tell(_ failure: String?) {
    whenSeen?(failure)
    whenSeen = nil
  }
}
