// What processes tell of their links, breakers and queues: each of itself, a node of its gateways, and who does not answer.
import Testing
import TroupeTesting

@testable import Troupe
@testable import TroupeTransport

@Suite struct TransportReportTests {
  @Test(arguments: Ground.allCases) func aProcessTellsOfItself(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      for number in 0..<40 { _ = try await pair.client.entity(Counter.self, "c\(number)").add(2) }
      let client = await pair.client.transportReport()
      #expect(client.counts.sent >= 40)
      #expect(Set(client.links.filter { $0.isOutgoing && $0.peer == "n1" }.map(\.peerLoop)) == [0, 1], "a link to each loop")
      #expect(client.links.allSatisfy { $0.state == .open })
      let node = await pair.node.transportReport()
      #expect(node.name == "n1" && node.role == "node" && node.loops.map(\.loop) == [0, 1])
      #expect(node.loops.reduce(0) { $0 + $1.calls } >= 40 && node.loops.reduce(0) { $0 + $1.entities } == 40)
      #expect(node.loops.allSatisfy { !$0.isBehind && $0.waitingCalls == 0 && $0.mailboxLimit == 4_096 && $0.acceptedLinks > 0 })
      #expect(node.breakers.isEmpty && node.budgets.isEmpty && node.openBreakers.isEmpty)
    }
  }

  @Test(arguments: Ground.allCases) func nodesAreAsked(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      _ = try await pair.client.entity(Counter.self, "a").add(1)
      let status = try await pair.client.transportStatus(gateways: false)
      #expect(status.processes.map(\.name) == ["n1"] && status.silent.isEmpty && status.isWell)
      #expect(status.processes[0].links.contains { !$0.isOutgoing && $0.state == .open })
      #expect(try await pair.node.transportStatus(gateways: false).processes.map(\.name) == ["n1"], "a node asks itself too")
    }
  }

  /// Gateways listen for nobody: an operator sees them through the nodes, under the names of their certificates.
  @Test(.timeLimit(.minutes(1))) func aNodeTellsOfItsGateways() async throws {
    let pair = try await NodeAndClient.start()
    let (node, gateway) = (pair.node, pair.client)
    func hang() async throws -> CallError? {
      await #expect(throws: CallError.self) { try await gateway.entity(Counter.self, "a").within(.milliseconds(100)).addWhenOpen(1) }
    }
    while try await hang()?.code != .breakerOpen {}
    let status = try await node.transportStatus()
    #expect(status.processes.map(\.name) == ["n1", "c1"] && status.processes.map(\.role) == ["node", "gateway"])
    #expect(status.openBreakers.map(\.process) == ["c1"] && status.openBreakers.map(\.breaker.subject) == ["counter on n1"])
    #expect(!status.isWell)
    #expect(status.processes[1].counts.breakerOpenings == 1)
    // Both sides of the gateway's links are told of once.
    #expect(status.linksOnce.allSatisfy { $0.process == "c1" && $0.link.isOutgoing })
    // Calls that wait for the entity are seen at the node, and their link's calls at the gateway.
    #expect(status.processes[0].loops[0].turns + status.processes[0].loops[0].waitingCalls > 0)
    #expect(try await node.transportStatus(gateways: false).processes.map(\.name) == ["n1"])
    try await node.entity(Counter.self, "a").open()
    await pair.stop()
  }

  @Test(.timeLimit(.minutes(1))) func anOperatorIsNoGateway() async throws {
    let pair = try await NodeAndClient.start(role: .operator)
    #expect(try await pair.client.transportStatus().processes.map(\.name) == ["n1"])
    await pair.stop()
  }

  @Test func whoDoesNotAnswerIsListedWithTheReason() throws {
    let scene = try CallScene(nodes: 2)
    scene.network.cut("client", "n2.2")
    let status = try scene.cluster.run { try await $0.transportStatus() }
    #expect(status.processes.map(\.name) == ["n1"])
    #expect(status.silent.map(\.name) == ["n2"] && status.silent[0].reason.hasPrefix("n2 did not answer within"))
    #expect(!status.isWell)
    // Whoever asks anybody asks the next one then.
    #expect(try scene.cluster.run { try await $0.contract() }.count == 3)
    scene.network.cut("client", "n1.1")
    scene.network.heal("client", "n2.2")
    #expect(try scene.cluster.run { try await $0.contract() }.count == 3)
  }

  /// Each process dials one to each node that it asks something, beside those for calls.
  @Test func theControlLinkIsToldApart() throws {
    let scene = try CallScene(nodes: 2)
    let status = try scene.cluster.run { try await $0.transportStatus() }
    let own = try scene.cluster.run { await $0.transportReport() }
    for process in status.processes + [own] {
      for peer in Set(process.links.filter(\.isOutgoing).map(\.peer)) where !peer.isEmpty {
        let links = process.links.filter { $0.isOutgoing && $0.peer == peer }
        #expect(links.filter(\.isControl).count == 1, "\(process.name) to \(peer)")
      }
      #expect(process.links.allSatisfy { $0.isOutgoing || !$0.isControl })
    }
    // What counts, and not only what it is called: questions went over it, and calls over others.
    #expect(own.links.contains { $0.isControl && $0.framesOut > 0 } && own.links.contains { !$0.isControl && $0.framesOut > 0 })
  }

  /// What is on its way while breakers are open: the state of each, the longest wait for a probe, and that it heals.
  @Test func breakersOfTheReportAreThoseOfTheCalls() throws {
    let scene = try CallScene()
    scene.network.cut("client", "n1.1")
    _ = try scene.readings(12, within: .milliseconds(200))
    let report = try scene.cluster.run { await $0.transportReport() }
    #expect(report.openBreakers.map(\.peer) == ["n1"] && report.openBreakers[0].word == "open")
    #expect(report.openBreakers.map(\.kind) == (try scene.report().openBreakers.map(\.kind)))
    scene.network.healAll()
    scene.cluster.advance(by: .seconds(1))
    _ = try scene.readings(5, within: .milliseconds(500))
    #expect(try scene.cluster.run { await $0.transportReport() }.openBreakers.isEmpty)
  }

  @Test func callsThatWaitForOneEntityAreCounted() throws {
    let scene = try CallScene()
    let report = try scene.cluster.run { shop in
      await withTaskGroup(of: TransportReport?.self) { group in
        for _ in 0..<9 {
          group.addTask {
            _ = try? await shop.entity(Counter.self, "busy").within(.seconds(3)).addWhenOpen(1)
            return nil
          }
        }
        group.addTask {
          while true {
            guard let node = try? await shop.transportStatus().processes.first else { return nil }
            if node.loops[0].waitingCalls == 8 { return node }
          }
        }
        var found: TransportReport?
        for await report in group where report != nil {
          found = report
          for _ in 0..<9 { try? await shop.entity(Counter.self, "busy").open() }
        }
        return found
      }
    }
    let loop = try #require(report?.loops.first)
    #expect(loop.waitedFor == 1 && loop.longestMailbox == 8 && loop.turns == 1 && loop.waitingCalls == 8)
  }

  // MARK: Composed

  private static func report(_ name: String, _ role: String, life: UInt64 = 1, links: Int = 0) -> TransportReport {
    let link = LinkReport(
      loop: 0, number: 1, peer: "p", role: "node", peerLoop: 0, address: "", isOutgoing: true, state: .open, age: .zero, idle: nil,
      heard: nil, roundTrip: nil, calls: 0, framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, queuedBytes: 0, heldFrames: 0,
      largeMessages: 0, creditsInUse: 0, arrivingBytes: 0, bytesBeforeCompression: 0, bytesAfterCompression: 0, features: [], identity: nil)
    return TransportReport(
      name: name, role: role, incarnation: life, loops: [], links: Array(repeating: link, count: links), linksLeftOut: 0, breakers: [],
      budgets: [], counts: CallReport.Counts())
  }

  @Test func aGatewayOfSeveralNodesIsTakenOnce() {
    let status = TransportStatus([
      (node: "n2", reports: .success([Self.report("n2", "node"), Self.report("g", "gateway"), Self.report("g", "gateway", life: 2)])),
      (node: "n3", reports: .failure(CallError(.unavailable, "n3 cannot be reached"))),
      (node: "n1", reports: .success([Self.report("n1", "node"), Self.report("g", "gateway")])),
    ])
    #expect(status.processes.map(\.name) == ["n1", "n2", "g", "g"])
    #expect(status.silent == [.init(name: "n3", reason: "n3 cannot be reached")])
  }

  @Test func aReportHasABound() {
    let whole = TransportReport((0..<9).map { _ in Self.report("n1", "node", links: 1_024) })
    #expect(whole.links.count == TransportReport.linkLimit && whole.linksLeftOut == 9 * 1_024 - TransportReport.linkLimit)
    #expect(whole.wireBytes.count < 2 << 20)
  }
}
