// What `status --watch` draws: nodes with lease, beat and suspicion, what moves, what changed; in as many lines as there are.

import Testing

@testable import ShopstreamCommand
@testable import Troupe

struct RingTableTests {
  private func summary(_ shards: [Int] = [512, 512]) -> ClusterSummary {
    ClusterSummary(
      cluster: "dev", epoch: 9, shards: 1_024, unowned: 0,
      nodes: shards.enumerated().map { index, shards in
        .init(
          id: "n\(index + 1)", address: "", state: "active", version: "", shards: shards, entities: 1_234, calls: 0, durable: 0,
          uptimeSeconds: 75, leaseValid: true)
      })
  }

  private func sight(_ node: String) -> RingReport.PeerSight {
    .init(
      node: node, incarnation: 1, lastBeat: .milliseconds(200), believedFor: .seconds(1), missedProbes: 0, isDoubted: false,
      isFading: false, isSuspected: false)
  }

  private func node(_ id: String, peers: [String]) -> RingStatus.Node {
    .init(
      id: id, address: "", zone: "", version: "", state: "active", weight: 1, shards: 512, pinned: 0,
      report: RingReport(
        node: id, incarnation: 1, epoch: 9, time: 0, lease: .milliseconds(1_300), leaseLength: .milliseconds(1_500), isSteady: true,
        serving: 512, arriving: [], leaving: [], toGive: [], leaseWaits: [], peers: peers.map(sight), changes: []),
      answers: true, silence: nil)
  }

  private func ring(changes: Int = 1) -> RingStatus {
    var status = RingStatus(
      cluster: "dev", epoch: 9, shardCount: 1_024, owners: [], nodes: [node("n1", peers: ["n2"]), node("n2", peers: ["n1"])],
      changes: (0..<UInt64(changes)).map { change($0) })
    status.judge()
    return status
  }

  private func change(_ number: UInt64) -> ViewChange {
    ViewChange(since: 8 - number, epoch: 9 - number, began: 0, ended: 0, words: ["n\(number) joined"])
  }

  private func lines(_ ring: RingStatus?, height: Int? = nil, width: Int = 120) -> [String] {
    RingTable(summary: summary(), ring: ring, rates: CallRates(), style: .plain).lines(
      in: height.map { TerminalSize(lines: $0, columns: width) })
  }

  @Test func `a row a node, then what moves, then what changed`() {
    let time = TimeOfDay.at(0)
    #expect(
      lines(ring()) == [
        "NODE  STATE   SHARDS         LEASE   BEAT  THE OTHERS SAY  ENTITIES  CALLS/S     UP",
        "n1    active     512  █████  1.3 s  0.2 s  believed           1,234        -  1 min",
        "n2    active     512  █████  1.3 s  0.2 s  believed           1,234        -  1 min",
        "cluster dev · epoch 9 · 1,024 shards · 0 calls/s",
        "",
        "On the way: nothing",
        "",
        "Changes of the view",
        "  \(time)  epoch 9  n0 joined",
      ])
  }

  @Test func `suspicion and movement are told`() {
    var ring = ring()
    ring.nodes[0].report?.peers[0].isSuspected = true
    ring.nodes[0].report?.leaving = [.init(to: "n2", step: "sealing", count: 8, shards: [], age: .zero)]
    ring.nodes[1].report?.lease = .zero
    ring.judge()
    let lines = lines(ring)
    #expect(lines[2].contains(" none ") && lines[2].contains("  suspected by n1  "))
    #expect(lines[6] == "  n1 → n2  8 shards sealing")
    let coloured = RingTable(summary: summary(), ring: ring, rates: CallRates(), style: TextStyle(isColoured: true)).lines()
    #expect(coloured[2].hasPrefix("\u{1b}[33m") && !coloured[1].hasPrefix("\u{1b}[33m"))
  }

  @Test func `nothing from elsewhere moves the cursor`() {
    var ring = ring()
    ring.nodes[0].report?.toGive = [.init(to: "\u{1b}[2J", count: 1)]
    ring.changes[0].words = ["\u{1b}[1A\r"]
    #expect(!lines(ring).joined().contains { $0 == "\u{1b}" || $0 == "\r" })
  }

  @Test func `without the nodes' telling there is what the view says`() {
    #expect(lines(nil).count == 4 && lines(nil)[1].hasPrefix("n1    active     512  █████      -     -"))
  }

  @Test func `it fits the terminal, and leaves out the oldest`() {
    let all = lines(ring(changes: 9), height: 40)
    #expect(all.count == 8 + 9)
    let cut = lines(ring(changes: 9), height: 14)
    #expect(cut.count == 14 && cut[7] == "Changes of the view, 3 more" && cut[8].hasSuffix("n0 joined"))
    #expect(lines(ring(changes: 9), height: 2).count == 8 + 6, "a little of it in any case")
  }

  @Test func `long sentences go on in the next line, and rows are cut`() {
    var ring = ring()
    ring.changes[0].words = ["n3 was buried", "171 shards went from n3 to n1", "170 shards went from n3 to n2"]
    let lines = lines(ring, height: 40, width: 60)
    #expect(lines.allSatisfy { $0.count <= 60 }, "\(lines)")
    #expect(lines[1].hasSuffix("…"))
    #expect(
      lines[8].hasSuffix("epoch 9  n3 was buried; 171 shards went from n3")
        && lines[9] == "                     to n1; 170 shards went from n3 to n2")
  }

  @Test func `a block is said again when something changed, not when somebody works`() {
    let ring = ring()
    var ticked = ring
    ticked.nodes[0].report?.lease = .milliseconds(900)
    var busy = summary()
    busy.nodes[0].calls = 9_000
    #expect(RingTable.shape(of: summary(), ring) == RingTable.shape(of: busy, ticked))
    var suspected = ring
    suspected.nodes[0].report?.peers[0].isSuspected = true
    suspected.judge()
    var moving = ring
    moving.nodes[0].report?.toGive = [.init(to: "n2", count: 1)]
    let shapes = [ring, suspected, moving, self.ring(changes: 0)].map { RingTable.shape(of: summary(), $0) }
    #expect(Set(shapes).count == 4)
    #expect(RingTable.shape(of: summary([1_024]), ring) != RingTable.shape(of: summary(), ring))
  }
}
