// What made-up nodes tell of the ring.

@testable import Gateway
@testable import Troupe

extension RingStatus {
  /// The three nodes of the made-up picture, of which nobody has a doubt.
  static var calm: RingStatus {
    let picture = ClusterPicture.threeNodes
    var status = RingStatus(
      cluster: "dev", epoch: 7, shardCount: 1_024, owners: picture.owners.map { UInt16($0 ?? 65_535) },
      nodes: picture.nodes.map { .madeUp($0.id, shards: $0.shards, peers: ["n1", "n2", "n3"].filter { [id = $0.id] in $0 != id }) },
      changes: [
        ViewChange(since: 3, epoch: 7, began: 1_767_225_600_000, ended: 1_767_225_604_000, words: ["341 shards went from n1 to n3"]),
        ViewChange(since: 2, epoch: 3, began: 1_767_225_599_000, ended: 1_767_225_599_000, words: ["n3 joined"]),
      ])
    status.judge()
    return status
  }

  /// n1 gives shards to n2; n3 is dead and suspected, and n1 waits for its lease.
  static var troubled: RingStatus {
    var status = RingStatus.calm
    status.nodes[0].report?.leaving = [.init(to: "n2", step: "sealed", count: 2, shards: [0, 3], age: .milliseconds(20))]
    status.nodes[0].report?.toGive = [.init(to: "n2", count: 112)]
    status.nodes[0].report?.leaseWaits = [.init(node: "n0", incarnation: 9, left: .milliseconds(800))]
    status.nodes[0].report?.arriving = [.init(step: "waiting", count: 1, shards: [7]), .init(step: "reading", count: 2, shards: [8, 9])]
    status.nodes[0].report?.peers[1].isFading = true
    status.nodes[0].report?.peers[1].isSuspected = true
    status.nodes[0].report?.peers[1].lastBeat = .milliseconds(1_200)
    status.nodes[1].report?.peers[1].lastBeat = .milliseconds(1_100)
    (status.nodes[2].report, status.nodes[2].answers, status.nodes[2].silence) = (nil, false, "n3 cannot be reached")
    status.judge()
    return status
  }
}

extension RingStatus.Node {
  static func madeUp(_ id: String, shards: Int, peers: [String]) -> RingStatus.Node {
    RingStatus.Node(
      id: id, address: "127.0.0.1:4001", zone: "", version: "0.1", state: "active", weight: 1, shards: shards, pinned: 0,
      report: RingReport(
        node: id, incarnation: 1, epoch: 7, time: 0, lease: .milliseconds(1_300), leaseLength: .milliseconds(1_500), isSteady: true,
        serving: shards, arriving: [], leaving: [], toGive: [], leaseWaits: [],
        peers: peers.map {
          RingReport.PeerSight(
            node: $0, incarnation: 1, lastBeat: .milliseconds(200), believedFor: .seconds(1), missedProbes: 0, isDoubted: false,
            isFading: false, isSuspected: false)
        }, changes: []), answers: true, silence: nil)
  }
}
