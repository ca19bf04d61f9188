// The table of links as a terminal shows it.

import Testing

@testable import ShopstreamCommand
@testable import Troupe
@testable import TroupeTransport

struct LinksTableTests {
  static func link(_ peer: String, _ state: LinkReport.State = .open, role: String = "node", isOutgoing: Bool = true) -> LinkReport {
    LinkReport(
      loop: 0, number: 1, peer: peer, role: role, peerLoop: 1, address: "10.0.0.1:7001", isOutgoing: isOutgoing, state: state,
      age: .seconds(3_725), idle: .zero, heard: .zero, roundTrip: state == .open ? .microseconds(312) : nil, calls: 17, framesIn: 1,
      framesOut: 2, bytesIn: 1_234_567, bytesOut: 890, queuedBytes: 0, heldFrames: 0, largeMessages: 0, creditsInUse: 0,
      arrivingBytes: 0, bytesBeforeCompression: 0, bytesAfterCompression: 0, features: .known, identity: nil)
  }

  static func breaker(
    _ peer: String, _ kind: String?, _ state: CallReport.Breaker.State, failures: Int = 5, openings: UInt64 = 2
  ) -> CallReport.Breaker {
    CallReport.Breaker(
      loop: 0, peer: peer, kind: kind, state: state, since: .milliseconds(1_500), failuresInARow: failures, openings: openings,
      retryAfter: state == .open ? .milliseconds(400) : .zero)
  }

  static func process(
    _ name: String, role: String = "node", _ links: [LinkReport], _ breakers: [CallReport.Breaker] = [],
    budgets: [CallReport.Budget] = []
  ) -> TransportReport {
    let loop = LoopReport(
      loop: 0, calls: 1_234, refused: 3, shed: 1, cancelled: 0, queueDelay: .milliseconds(2), queueDelayLimit: .milliseconds(20),
      busyFor: .zero, busyLimit: .milliseconds(200), waitedFor: 1, waitingCalls: 9, longestMailbox: 9, mailboxLimit: 4_096,
      parkedCalls: 0, parkingLimit: 4_096, turns: 0, entities: 0, acceptedLinks: 0, acceptedLimit: 16_384, arrivingBytes: 0,
      arrivingLimit: 1)
    return TransportReport(
      name: name, role: role, incarnation: 1, loops: [loop], links: links, linksLeftOut: 0, breakers: breakers, budgets: budgets,
      counts: CallReport.Counts())
  }

  static func lines(_ status: TransportStatus, linkLimit: Int = .max) -> [String] {
    LinksTable.lines(status, style: .plain, linkLimit: linkLimit)
  }

  @Test func `a cluster that is well says so, and lists each link once`() {
    let status = TransportStatus(processes: [
      Self.process("node-1", [Self.link("node-2"), Self.link("gateway", role: "gateway", isOutgoing: false)]),
      Self.process("node-2", [Self.link("node-1", isOutgoing: false)]),
      Self.process("gateway", role: "gateway", [Self.link("node-1")]),
    ])
    #expect(
      Self.lines(status) == [
        "All is well: no breaker is open, and all 3 processes answer.",
        "",
        "PROCESS    PEER        STATE  CALLS      IN    OUT  QUEUED    TRIP  AGE",
        "gateway/0  → node-1/1  open      17  1.2 MB  890 B     0 B  312 µs  1 h",
        "node-1/0   → node-2/1  open      17  1.2 MB  890 B     0 B  312 µs  1 h",
        "",
        "QUEUES     STATE     CALLS  REFUSED  SHED  WAITING  LONGEST  PARKED  BULK  DELAY",
        "node-1/0   keeps up  1,234        3     1        9        9       0     0   2 ms",
        "node-2/0   keeps up  1,234        3     1        9        9       0     0   2 ms",
        "gateway/0  keeps up  1,234        3     1        9        9       0     0   2 ms",
      ])
  }

  @Test func `a control link says what it is`() {
    var control = Self.link("node-2")
    control.isControl = true
    let lines = Self.lines(TransportStatus(processes: [Self.process("node-1", [Self.link("node-2"), control])]))
    #expect(lines.filter { $0.contains("→") }.map { $0.split(separator: " ")[2] } == ["node-2/1", "node-2/control"])
  }

  static let troubled = TransportStatus(
    processes: [
      process("node-1", [link("node-2"), link("node-3", .connecting)], [breaker("node-2", "cart", .closed, failures: 0)]),
      process(
        "gateway", role: "gateway", [link("node-1")],
        [breaker("node-1", "order", .halfOpen), breaker("node-3", nil, .open, failures: 12, openings: 30)],
        budgets: [CallReport.Budget(loop: 0, kind: "cart", left: 0, taken: 1_500, refused: 12)]),
    ], silent: [.init(name: "node-3", reason: "node-3 cannot be reached")])

  @Test func `open breakers come first, then half-open ones, who is silent, and links that are not open`() {
    #expect(
      Self.lines(Self.troubled) == [
        "2 breakers hold calls back (gateway → node-3, gateway → order on node-1); node-3 did not answer.",
        "",
        "SILENT  node-3: node-3 cannot be reached",
        "BREAKER    PROCESS    PEER    KIND   FAILURES  OPENED    FOR  PROBE IN",
        "OPEN       gateway/0  node-3  *            12      30  1.5 s    400 ms",
        "HALF-OPEN  gateway/0  node-1  order         5       2  1.5 s         -",
        "closed     node-1/0   node-2  cart          0       2  1.5 s         -",
        "",
        "PROCESS    PEER        STATE       CALLS      IN    OUT  QUEUED    TRIP  AGE",
        "node-1/0   → node-3/1  connecting     17  1.2 MB  890 B     0 B       -  1 h",
        "gateway/0  → node-1/1  open           17  1.2 MB  890 B     0 B  312 µs  1 h",
        "node-1/0   → node-2/1  open           17  1.2 MB  890 B     0 B  312 µs  1 h",
        "",
        "QUEUES     STATE     CALLS  REFUSED  SHED  WAITING  LONGEST  PARKED  BULK  DELAY",
        "node-1/0   keeps up  1,234        3     1        9        9       0     0   2 ms",
        "gateway/0  keeps up  1,234        3     1        9        9       0     0   2 ms",
        "",
        "RETRIES    KIND  LEFT  TAKEN  REFUSED",
        "gateway/0  cart     0  1,500       12",
      ])
  }

  @Test func `what is wrong is coloured where there are colours`() {
    let lines = LinksTable.lines(Self.troubled, style: TextStyle(isColoured: true))
    #expect(lines.first { $0.contains("OPEN  ") }?.hasPrefix("\u{1b}[33m") == true)
    #expect(lines.first { $0.contains("connecting") }?.hasPrefix("\u{1b}[33m") == true)
    #expect(lines.first { $0.contains("closed") }?.hasPrefix("\u{1b}[2m") == true)
  }

  @Test func `no line is wider than 100 columns, whatever names are`() {
    let long = "a-name-that-somebody-chose-without-thinking-of-terminals"
    var status = TransportStatus(
      processes: (1...3).map { number in
        Self.process(
          "\(long)-\(number)", [Self.link(long, .init(rawValue: long)), Self.link("\u{1b}[2J", .held)],
          [Self.breaker(long, long, .open, failures: 12_345, openings: 12_345)],
          budgets: [CallReport.Budget(loop: 0, kind: long, left: 123_456_789, taken: 1_234_567_890, refused: 1_234_567)])
      }, silent: [.init(name: long, reason: long + long)])
    status.processes[0].loops[0].calls = 1_234_567_890_123
    status.processes[0].loops[0].refused = 12_345_678
    let lines = Self.lines(status).dropFirst()
    for line in lines { #expect(line.count <= 100, "\(line.count): \(line)") }
    #expect(!lines.joined().contains("\u{1b}"), "no name moves the cursor")
  }

  @Test func `a watched table is short, and counts what it leaves out`() {
    var status = TransportStatus(processes: [Self.process("node-1", (0..<50).map { Self.link("node-\($0)") })])
    status.processes[0].linksLeftOut = 3
    let lines = Self.lines(status, linkLimit: 12)
    #expect(lines.contains("and 41 links more"))
    #expect(lines.count { $0.contains("→") } == 12)
  }

  @Test func `one process alone, by its name`() throws {
    #expect(try LinksCommand.only("gateway", of: Self.troubled).processes.map(\.name) == ["gateway"])
    #expect(try LinksCommand.only("node-3", of: Self.troubled).silent.map(\.name) == ["node-3"])
    let error = #expect(throws: Refusal.self) { try LinksCommand.only("node-9", of: Self.troubled) }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains("There is no process 'node-9' in the cluster: it has gateway, node-1, node-3"))
  }
}
