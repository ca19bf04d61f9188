// What nodes tell of the ring: of themselves, of their shards on their way, of each other, and of what changed; and what is made of it.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct RingStatusTests {
  @Sendable private static func register(_ registry: inout Registry) {
    registry.register(Ledger.self)
    registry.register(Counter.self)
  }

  private static func cluster(_ nodes: Int = 3) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, shardCount: 32, register: register)
  }

  /// Looks until it is as it should be; virtual time is free, and its limit ends the wait.
  private static func until(
    _ cluster: SimulatedCluster, every pause: Duration = .milliseconds(50), _ holds: (RingStatus) -> Bool
  ) throws -> RingStatus {
    for _ in 0..<2_000 {
      let status = try cluster.run { try await $0.ringStatus() }
      if holds(status) { return status }
      cluster.advance(by: pause)
    }
    Issue.record("it never came to that")
    return try cluster.run { try await $0.ringStatus() }
  }

  private static func isAtRest(_ status: RingStatus) -> Bool {
    status.nodes.allSatisfy { node in
      node.report.map { $0.arriving.isEmpty && $0.leaving.isEmpty && $0.toGive.isEmpty && $0.serving == node.shards } ?? false
    }
  }

  @Test func aClusterAtRestTellsThatAllIsWell() throws {
    let cluster = try Self.cluster()
    let status = try Self.until(cluster) {
      Self.isAtRest($0) && $0.nodes.allSatisfy { $0.shards > 8 && $0.report?.isSteady == true }
    }
    #expect(status.cluster == "sim" && status.shardCount == 32 && status.nodes.map(\.id) == ["n1", "n2", "n3"])
    for node in status.nodes {
      let report = try #require(node.report)
      #expect(report.node == node.id && report.epoch == status.epoch)
      #expect(report.lease > .zero && report.lease <= report.leaseLength && report.leaseLength == .milliseconds(1_500))
      #expect(report.peers.count == 2 && report.peers.allSatisfy { !$0.isWorry && $0.lastBeat! < .seconds(1) })
      #expect(node.standing == .believed && node.saidBy.isEmpty)
      #expect(node.lastBeat! < .seconds(1))
    }
    let words = status.changes.flatMap(\.words)
    #expect(words.contains("n2 joined") && words.contains("n3 joined"), "\(words)")
    #expect(words.contains { $0.contains("went from n1 to n2") } && words.contains { $0.contains("to n3") }, "\(words)")
    #expect(zip(status.changes, status.changes.dropFirst()).allSatisfy { $0.epoch > $1.epoch }, "the newest first, each once")
  }

  @Test func aMoveIsSeenWhileItIsUnderWay() throws {
    let cluster = try Self.cluster(2)
    _ = try Self.until(cluster) { Self.isAtRest($0) && $0.nodes.allSatisfy { $0.shards > 8 } }
    // Turns that go on hold the sealing up.
    let counters = (0..<64).map { "c\($0)" }
    cluster.runBeside { shop in
      await withTaskGroup { group in
        for name in counters {
          group.addTask { _ = try? await shop.entity(Counter.self, name).within(.seconds(30)).addWhenOpen(1) }
        }
      }
    }
    cluster.advance(by: .milliseconds(100))
    try cluster.run { try await $0.drain("n2") }
    let moving = try Self.until(cluster, every: .milliseconds(1)) { status in
      status.nodes.contains { $0.id == "n2" && $0.report.map { !$0.leaving.isEmpty } ?? false }
    }
    let report = try #require(moving.nodes.first { $0.id == "n2" }?.report)
    #expect(report.leaving.allSatisfy { $0.to == "n1" && $0.count == $0.shards.count && $0.count <= 8 })
    #expect(report.leaving.contains { $0.step == "sealing" })
    #expect(moving.changes.contains { $0.words == ["n2 drains"] })
    try cluster.run { shop in
      for name in counters { try await shop.entity(Counter.self, name).within(.seconds(30)).open() }
    }
    let done = try Self.until(cluster) { $0.nodes.allSatisfy { $0.id == "n1" || $0.shards == 0 } && Self.isAtRest($0) }
    #expect(done.changes.contains { $0.words.count == 1 && $0.words[0].hasSuffix("shards went from n2 to n1") }, "\(done.changes)")
  }

  @Test func aDeathIsSuspectedThenToldAndItsLeaseWaitedFor() throws {
    let cluster = try Self.cluster()
    _ = try Self.until(cluster) { Self.isAtRest($0) && $0.nodes.allSatisfy { $0.report?.isSteady == true && $0.shards > 8 } }
    cluster.crash("n3")
    let suspected = try Self.until(cluster, every: .milliseconds(10)) { status in
      status.nodes.contains { $0.id == "n3" && $0.standing >= .fading }
    }
    let node = try #require(suspected.nodes.first { $0.id == "n3" })
    #expect(node.report == nil && node.silence != nil && !node.answers)
    #expect(Set(node.saidBy).isSubset(of: ["n1", "n2"]))
    #expect(node.lastBeat! > .milliseconds(700))

    let waiting = try Self.until(cluster, every: .milliseconds(10)) { status in
      status.nodes.contains { $0.report.map { !$0.leaseWaits.isEmpty && !$0.arriving.isEmpty } ?? false }
    }
    let heir = try #require(waiting.nodes.compactMap(\.report).first { !$0.leaseWaits.isEmpty && !$0.arriving.isEmpty })
    #expect(heir.leaseWaits.map(\.node) == ["n3"] && heir.arriving[0].step == "waiting" && heir.arriving[0].count > 0)
    let done = try Self.until(cluster) { $0.nodes.count == 2 && Self.isAtRest($0) }
    #expect(done.changes.contains { $0.words.first == "n3 was buried" && $0.words.contains { $0.contains("went from n3 to") } })
    #expect(done.nodes.allSatisfy { $0.standing == .believed })
  }

  @Test(arguments: Ground.allCases) func aSingleNodeTellsOfItself(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      let status = try await pair.client.ringStatus()
      #expect(status.nodes.map(\.id) == ["n1"] && status.nodes[0].report?.serving == 16)
      #expect(status.nodes[0].lastBeat! < .milliseconds(1_500), "as it says itself")
      #expect(try await pair.node.ringStatus().nodes.map(\.id) == ["n1"], "a node asks itself too")
    }
  }

  // MARK: What is made of it

  private static func node(_ id: String, answers: Bool = true, _ peers: [RingReport.PeerSight]?) -> RingStatus.Node {
    RingStatus.Node(
      id: id, address: "", zone: "", version: "", state: "active", weight: 1, shards: 1, pinned: 0,
      report: peers.map {
        RingReport(
          node: id, incarnation: 1, epoch: 1, time: 0, lease: .seconds(1), leaseLength: .milliseconds(1_500), isSteady: true, serving: 1,
          arriving: [], leaving: [], toGive: [], leaseWaits: [], peers: $0, changes: [])
      }, answers: answers, silence: peers == nil ? "why" : nil)
  }

  private static func sight(_ id: String, _ change: (inout RingReport.PeerSight) -> Void = { _ in }) -> RingReport.PeerSight {
    var sight = RingReport.PeerSight(
      node: id, incarnation: 1, lastBeat: .milliseconds(100), believedFor: .seconds(1), missedProbes: 0, isDoubted: false, isFading: false,
      isSuspected: false)
    change(&sight)
    return sight
  }

  private static func status(_ nodes: [RingStatus.Node]) -> RingStatus {
    var status = RingStatus(cluster: "test", epoch: 1, shardCount: 3, owners: [0, 1, 2], nodes: nodes, changes: [])
    status.judge()
    return status
  }

  @Test func theWorstThatAnybodySaysIsWhatCounts() {
    let status = Self.status([
      Self.node("a", [Self.sight("b") { $0.isDoubted = true }, Self.sight("c") { $0.believedFor = .zero }]),
      Self.node("b", [Self.sight("a"), Self.sight("c") { ($0.isFading, $0.isSuspected, $0.lastBeat) = (true, true, .seconds(2)) }]),
      Self.node("c", answers: false, nil),
    ])
    #expect(status.nodes.map { $0.standing } == [.believed, .doubted, .suspected])
    #expect(status.nodes.map { $0.saidBy } == [[], ["a"], ["b"]])
    #expect(status.nodes[2].lastBeat == .milliseconds(100), "the youngest sight of it")
  }

  /// A node of an earlier version answers, and says that it does not know the question; the page shows what the others know.
  @Test func whoDoesNotKnowTheQuestionIsNotSilent() {
    let status = Self.status([Self.node("a", [Self.sight("b")]), Self.node("b", nil), Self.node("c", answers: false, nil)])
    #expect(status.nodes.map { $0.standing } == [.believed, .untold, .silent])
    #expect(status.nodes[1].lastBeat == .milliseconds(100))
  }

  @Test func anEarlierVersionsRefusalIsNoSilence() throws {
    let scene = try CallScene(nodes: 1)
    let member = try scene.cluster.run { try #require(try await $0.routing()?.view.members.first) }
    // What a node says to a question that it has never heard of.
    let code = try scene.cluster.run { cluster in
      do {
        _ = try await cluster.ask(member, AskTopic(rawValue: 250), [], within: .seconds(1))
        return CallError.Code?.none
      } catch let error as CallError { return error.code }
    }
    #expect(code == .refused)
  }

  private static func change(_ since: UInt64, _ epoch: UInt64, _ words: String) -> ViewChange {
    ViewChange(since: since, epoch: epoch, began: 0, ended: 0, words: [words])
  }

  @Test func severalNodesChangesAreToldOnce() {
    let old = [Self.change(1, 2, "b joined"), Self.change(2, 40, "moves"), Self.change(40, 41, "c joined")]
    let late = [Self.change(0, 41, "first seen"), Self.change(41, 42, "d joined")]
    let coarse = [Self.change(2, 41, "both"), Self.change(41, 42, "d joined")]
    #expect(
      ViewChange.merged([late, old, coarse]).map(\.words) == [["d joined"], ["c joined"], ["moves"], ["b joined"]],
      "in the words of whoever saw most")
    #expect(ViewChange.merged([late]).map(\.epoch) == [42, 41])
    #expect(ViewChange.merged([]).isEmpty)
    #expect(ViewChange.merged([(1...100).map { Self.change($0 - 1, $0, "x") }]).count == ViewChange.limit)
  }
}
