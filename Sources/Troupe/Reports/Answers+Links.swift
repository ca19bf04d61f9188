// A node's answer to the question for links: its own report, and those of the gateways that are linked to it. Gateways listen for nobody,
// so this is how an operator sees them; each of them answers for itself.

extension Answers {
  /// Gateways of which one node tells.
  private static let gatewayLimit = 64
  /// One that does not answer within it is left out.
  private static let gatewayPatience: Duration = .milliseconds(500)
  /// Reports past this many bytes are left out: an answer must fit in a frame.
  private static let sizeLimit = 8 << 20

  func links(_ question: LinksQuestion, of cluster: Cluster) async -> [TransportReport] {
    let own = await cluster.transportReport()
    guard question.gateways else { return [own] }
    let found = await cluster.onEachStage { stage in
      stage.peers.gatewayLinks.compactMap { link in
        link.peer.map { GatewayLink(name: $0.name, incarnation: $0.incarnation, loop: stage.home) }
      }
    }.flatMap { $0 }
    var seen: Set<String> = []
    let asked = found.filter { seen.insert("\($0.name) \($0.incarnation)").inserted }.prefix(Self.gatewayLimit)
    let reports = await withTaskGroup(of: TransportReport?.self) { group in
      for gateway in asked { group.addTask { await gateway.report(within: Self.gatewayPatience) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var size = own.wireBytes.count
    return [own]
      + reports.compactMap { $0 }.sorted { ($0.name, $0.incarnation) < ($1.name, $1.incarnation) }.filter {
        size += $0.wireBytes.count
        return size <= Self.sizeLimit
      }
  }
}

/// A gateway that a node can ask, over a link that the gateway dialled.
private struct GatewayLink: Sendable {
  let name: String
  let incarnation: UInt64
  let loop: StageHome

  func report(within limit: Duration) async -> TransportReport? {
    let reply: Reply = await withUnsafeContinuation { waiter in
      loop.loop.execute {
        let peers = loop.stage.value.peers!
        let waiter = ReplyWaiter(waiter)
        guard let link = peers.gatewayLinks.first(where: { $0.peer?.name == name && $0.peer?.incarnation == incarnation }) else {
          return waiter.resume(returning: Reply(status: .neverSent))
        }
        let question = LinksQuestion(gateways: false).wireBytes
        link.ask(.links, deadline: peers.loop.now + limit, write: { $0.append(question) }, reply: waiter)
      }
    }
    guard reply.status == .value, var report = try? [TransportReport](wireBytes: reply.bytes).first else { return nil }
    // Who it is stands in its certificate, whatever it says.
    report.name = name
    report.role = PeerRole.gateway.word
    report.incarnation = incarnation
    return report
  }
}
