// The stage and its links: who is where by the view, and what leaves to them.

/// Where the calls of one shard go.
enum Route {
  case nobody
  /// To a loop of this process.
  case here
  case away(Peer)

  func leads(to peer: Peer) -> Bool {
    if case .away(let own) = self { own === peer } else { false }
  }

  func isSame(as other: Route) -> Bool {
    switch (self, other) {
    case (.nobody, .nobody), (.here, .here): true
    case (.away(let one), .away(let another)): one === another
    default: false
    }
  }
}

extension Stage {
  /// A newer view. Never an older one: the register does not go backwards.
  func adopt(_ table: RoutingTable) {
    if let routing, routing.epoch >= table.epoch { return }
    routing = table
    epochOfRoutes = table.epoch.value
    if shards.isEmpty { shards = Array(repeating: nil, count: table.shardCount) }
    var known: Set<String> = []
    var reborn: [Peer] = []
    for member in table.view.members where member.id != node {
      known.insert(member.id.value)
      let peer = peers.set(member.id.value, addresses: member.addresses.compactMap { SocketAddress($0) })
      if defences.lanes.lives(peer, as: member.incarnation.value, now: loop.now) { reborn.append(peer) }
    }
    for peer in peers.all where !known.contains(peer.name) {
      defences.lanes.remove(peer)
      peers.remove(peer.name, CloseReason(code: "left", detail: "\(peer.name) is no member any more"))
    }
    closeLinksOfTheDead(table)
    for link in peers.answeringLinks { believe(link) }
    let before = routes
    routes = (0..<table.shardCount).map { index in
      guard let owner = table.owner(of: ShardID(index)) else { return .nobody }
      if owner.id == node { return .here }
      return peers.peer(owner.id.value).map { .away($0) } ?? .nobody
    }
    peers.announce(epoch: table.epoch.value)
    guard before.count == routes.count else { return }
    wakeResting { shard in
      !routes[shard].isSame(as: before[shard]) || reborn.contains { routes[shard].leads(to: $0) }
    }
  }

  /// An incarnation that was buried may not know it yet: nothing more of it is believed.
  private func closeLinksOfTheDead(_ table: RoutingTable) {
    // Not of a newcomer whose last process is listed yet.
    for link in peers.answeringLinks where !dialledBack.contains(where: { $0 === link }) {
      guard let peer = link.peer, peer.role == .node, let member = table.view.member(NodeID(peer.name)) else { continue }
      if member.incarnation.value != peer.incarnation {
        link.close(CloseReason(code: "buried", detail: "this incarnation of \(peer.name) was buried"))
      }
    }
  }

  /// A link to whoever listens there, for one question.
  func dialBack(_ address: SocketAddress) -> Link {
    let link = peers.seed(address)
    dialledBack.append(link)
    return link
  }

  func endDialBack(_ link: Link) {
    dialledBack.removeAll { $0 === link }
    link.close()
  }

  /// A node is believed only for a lease after its last beat was seen: a machine that was frozen with its clock does not know
  /// that it is late. An incarnation of which nothing was read yet is new, if the view has it, and a stranger otherwise.
  func believe(_ link: Link) {
    guard !Sabotage.receiversCheck.isOn, let peer = link.peer, peer.role == .node else { return }
    if let belief = beliefs[peer.name], belief.incarnation == peer.incarnation {
      return link.believe(until: belief.until, proven: belief.proven)
    }
    let isStranger = routing.map { $0.view.member(NodeID(peer.name))?.incarnation.value != peer.incarnation } ?? false
    link.believe(until: isStranger ? Instant(nanoseconds: .min) : .distantFuture, proven: Instant(nanoseconds: .min))
  }

  @usableFromInline func linkClosed(_ link: Link, _ reason: CloseReason) {
    access?.forget(link)
    refusedIdentities.remove(ObjectIdentifier(link))
    log(reason == .endOfFile || reason == .local ? .debug : .info, "the link with \(link.peerDescription) ended: \(reason)")
  }

  @usableFromInline func linkOpened(_ link: Link) {
    log(.debug, "a link with \(link.peerDescription) is open")
    believe(link)
    if let routing { link.announce(epoch: routing.epoch.value) }
  }

  /// Asks a member something about the cluster, over the control link.
  func ask(
    _ member: Member, _ topic: AskTopic, _ payload: [UInt8], within limit: Duration, _ waiter: ReplyWaiter
  ) {
    if member.id == node { return askSelf(topic, payload, waiter) }
    let peer = peers.peer(member.id.value) ?? peers.set(member.id.value, addresses: member.addresses.compactMap { SocketAddress($0) })
    guard peer.loopCount > 0 else { return reply(to: .waiter(waiter), .neverSent, text: "\(member.id) has no address") }
    peer.controlLink.ask(topic, deadline: loop.now + limit, write: { $0.append(payload) }, reply: waiter)
  }

  private func askSelf(_ topic: AskTopic, _ payload: [UInt8], _ waiter: ReplyWaiter) {
    guard let answers else { return reply(to: .waiter(waiter), .notServing, text: "this node is starting") }
    spawn {
      do {
        waiter.resume(returning: Reply(status: .value, bytes: try await answers.answer(topic, payload)))
      } catch {
        waiter.resume(returning: Reply(status: .refused, bytes: Array("\(error)".utf8)))
      }
    }
  }

  @usableFromInline func link(_ link: Link, asked request: UInt32, _ topic: AskTopic, _ payload: RawSpan) {
    guard let role = link.peer?.role, topic.mayBeAsked(by: role) else {
      let sentence = "a \(link.peer?.role.word ?? "stranger") may not ask this"
      return link.answer(request: request, status: .refused, Array(sentence.utf8).span.bytes)
    }
    let payload = payload.withUnsafeBytes { [UInt8]($0) }
    guard let answers else { return answerAlone(link, request, topic) }
    let bound = LoopBound(link, on: loop)
    spawn {
      do {
        let answer = try await answers.answer(topic, payload)
        bound.value.answer(request: request, status: .value, answer.span.bytes)
      } catch {
        bound.value.answer(request: request, status: .refused, Array("\(error)".utf8).span.bytes)
      }
    }
  }
}
