// Reports of a gateway and its nodes, as tests need them.

@testable import Troupe
@testable import TroupeTransport

extension TransportStatus {
  /// A gateway and two nodes that have nothing to complain of.
  static var calm: TransportStatus {
    TransportStatus(processes: [
      TransportReport.madeUp("n1", links: [.madeUp("n2", number: 1)]),
      TransportReport.madeUp("n2", links: [.madeUp("n1", number: 1), .madeUp("gateway", role: "gateway", number: 2, isOutgoing: false)]),
      TransportReport.madeUp("gateway", role: "gateway", links: [.madeUp("n1", number: 1), .madeUp("n2", number: 2)]),
    ])
  }

  /// The gateway has given up on a node, and another breaker is being tried.
  static var troubled: TransportStatus {
    var status = calm
    status.processes[2].breakers = [
      CallReport.Breaker(
        loop: 0, peer: "n1", kind: "cart", state: .closed, since: .seconds(90), failuresInARow: 0, openings: 1, retryAfter: .zero),
      CallReport.Breaker(
        loop: 0, peer: "n1", kind: "order", state: .halfOpen, since: .milliseconds(20), failuresInARow: 6, openings: 4, retryAfter: .zero),
      CallReport.Breaker(
        loop: 0, peer: "n2", kind: nil, state: .open, since: .seconds(3), failuresInARow: 7, openings: 2, retryAfter: .milliseconds(400)),
    ]
    status.processes[2].links[1].state = .connecting
    status.processes[2].links[1].identity = nil
    status.processes[2].links[1].calls = 3
    status.processes[2].budgets = [CallReport.Budget(loop: 0, kind: "cart", left: 0, taken: 50, refused: 3)]
    status.processes[2].counts.breakerRefusals = 12
    status.processes[1].loops[0].busyFor = .seconds(1)
    status.processes[1].loops[0].queueDelay = .milliseconds(90)
    status.silent = [.init(name: "n3", reason: "n3 cannot be reached")]
    return status
  }
}

extension TransportReport {
  static func madeUp(_ name: String, role: String = "node", life: UInt64 = 1, links: [LinkReport] = []) -> TransportReport {
    var counts = CallReport.Counts()
    counts.sent = 1_000
    return TransportReport(
      name: name, role: role, incarnation: life, loops: [.madeUp()], links: links, linksLeftOut: 0, breakers: [], budgets: [],
      counts: counts)
  }
}

extension LoopReport {
  static func madeUp(calls: UInt64 = 500) -> LoopReport {
    LoopReport(
      loop: 0, calls: calls, refused: 2, shed: 1, cancelled: 0, queueDelay: .microseconds(80), queueDelayLimit: .milliseconds(20),
      busyFor: .zero, busyLimit: .milliseconds(200), waitedFor: 1, waitingCalls: 4, longestMailbox: 4, mailboxLimit: 4_096,
      parkedCalls: 0, parkingLimit: 4_096, turns: 1, entities: 9, acceptedLinks: 1, acceptedLimit: 16_384, arrivingBytes: 0,
      arrivingLimit: 256 << 20)
  }
}

extension LinkReport {
  static func madeUp(
    _ peer: String, role: String = "node", number: UInt64 = 1, isOutgoing: Bool = true, bytes: UInt64 = 4_000
  ) -> LinkReport {
    LinkReport(
      loop: 0, number: number, peer: peer, role: role, peerLoop: 0, address: "127.0.0.1:4001", isOutgoing: isOutgoing, state: .open,
      age: .seconds(3_725), idle: isOutgoing ? .milliseconds(40) : nil, heard: .zero, roundTrip: .microseconds(312), calls: 0,
      framesIn: 10, framesOut: 20, bytesIn: bytes, bytesOut: bytes * 2, queuedBytes: 0, heldFrames: 0, largeMessages: 0, creditsInUse: 0,
      arrivingBytes: 0, bytesBeforeCompression: 0, bytesAfterCompression: 0, features: .known, identity: "spiffe://dev/\(role)/\(peer)")
  }
}
