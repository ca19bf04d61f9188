// Moving one shard: what is refused beforehand, what holds it, and who has overruled it.

import Testing

@testable import ShopstreamCommand
@testable import Troupe

struct ShardMoveTests {
  private func node(
    _ id: String, weight: Int = 1, version: String = "", state: String = "active", report: RingReport? = nil
  ) -> RingStatus.Node {
    RingStatus.Node(
      id: id, address: "", zone: "", version: version, state: state, weight: weight, shards: 2, pinned: 0, report: report,
      answers: report != nil)
  }

  private func ring(_ nodes: [RingStatus.Node], epoch: UInt64 = 7) -> RingStatus {
    RingStatus(cluster: "c", epoch: epoch, shardCount: 4, owners: [0, 0, 1, 1], nodes: nodes, changes: [])
  }

  private func report(
    _ id: String, epoch: UInt64 = 7, arriving: [RingReport.Arrival] = [], leaving: [RingReport.Handoff] = []
  ) -> RingReport {
    RingReport(
      node: id, incarnation: 1, epoch: epoch, time: 0, lease: .seconds(1), leaseLength: .seconds(1), isSteady: true, serving: 1,
      arriving: arriving, leaving: leaving, toGive: [], leaseWaits: [], peers: [], changes: [])
  }

  private func places(_ change: (inout [ShardPlace]) -> Void = { _ in }) -> [ShardPlace] {
    var places = ["n1", "n1", "n2", "n2"].enumerated().map { ShardPlace(shard: $0, owner: $1, desired: $1, pin: nil) }
    change(&places)
    return places
  }

  private func refusal(_ verdict: ShardMove.Verdict) -> String {
    if case .refused(let sentence) = verdict { sentence } else { "\(verdict)" }
  }

  @Test func `what cannot be is refused in a sentence`() {
    let ring = ring([node("n1"), node("n2"), node("n3", weight: 0), node("n4", state: "draining")])
    let stranger = refusal(ShardMove(shard: 0, node: "n9").verdict(places(), ring))
    #expect(stranger == "There is no node 'n9' in the cluster: it has n1, n2, n3, n4.")
    #expect(refusal(ShardMove(shard: 4, node: "n2").verdict(places(), ring)) == "The cluster has no shard 4: it has 0 to 3.")
    #expect(refusal(ShardMove(shard: 0, node: "n4").verdict(places(), ring)).hasPrefix("n4 gives its shards away and takes none"))
    #expect(refusal(ShardMove(shard: 0, node: "n3").verdict(places(), ring)).hasPrefix("n3 weighs 0"))
    let pinned = places { $0[0].pin = "n1" }
    #expect(refusal(ShardMove(shard: 0, node: "n2").verdict(pinned, ring)).hasPrefix("Shard 0 is pinned to n1: 'shopstream unpin 0'"))
    let moving = places { ($0[0].pin, $0[0].desired) = ("n2", "n2") }
    #expect(refusal(ShardMove(shard: 0, node: "n2").verdict(moving, ring)).hasPrefix("Shard 0 is pinned to n2 already"))
  }

  @Test func `while a version is on trial no shard goes to a node that would give it back`() {
    let ring = ring([node("n1", version: "1"), node("n2", version: "2"), node("n3", version: "1")])
    let share = VersionShare(version: "2", percent: 50, shards: 2, isInForce: true)
    let divided = places { for shard in 0..<4 { $0[shard].isOnTrial = shard >= 2 } }
    let away = refusal(ShardMove(shard: 0, node: "n2").verdict(divided, ring, share))
    #expect(away.hasPrefix("Version 2 is on trial, and shard 0 belongs to nodes that do not run it: n2 would give it away again."))
    #expect(refusal(ShardMove(shard: 2, node: "n3").verdict(divided, ring, share)).contains("nodes that run it"))
    #expect(ShardMove(shard: 0, node: "n3").verdict(divided, ring, share) == .possible(from: "n1"))
    #expect(ShardMove(shard: 0, node: "n2").verdict(places(), ring, share) == .possible(from: "n1"))
  }

  @Test func `a shard that is there stays there, even at a node that takes no other`() {
    let ring = ring([node("n1", state: "draining"), node("n2")])
    #expect(ShardMove(shard: 0, node: "n1").verdict(places(), ring) == .there)
    #expect(ShardMove(shard: 0, node: "n2").verdict(places(), ring) == .possible(from: "n1"))
  }

  @Test func `who is overruled is told by what`() {
    let move = ShardMove(shard: 0, node: "n2")
    #expect(move.overruled(places { $0[0].pin = "n2" }) == nil)
    #expect(move.overruled(places { $0[0].pin = "n3" }) == "somebody has pinned it to n3 meanwhile, and n1 has it")
    #expect(move.overruled(places()) == "somebody has taken the pin out meanwhile, and n1 has it")
  }

  @Test func `what holds a shard is said`() {
    func held(_ places: [ShardPlace], _ one: RingReport?, _ two: RingReport?) -> String? {
      ShardArrival.obstacle([0: "n2"], places, ring([node("n1", report: one), node("n2", report: two)]))
    }
    let going = places { $0[0].desired = "n2" }
    let there = places { ($0[0].owner, $0[0].desired) = ("n2", "n2") }
    let sealing = RingReport.Handoff(to: "n2", step: "sealing", count: 1, shards: [0], age: .zero)
    #expect(held(places(), nil, nil) == "n1 still has shard 0, and n2 may not take it")
    #expect(held(going, report("n1"), nil) == "n1 still has shard 0")
    #expect(held(going, report("n1", leaving: [sealing]), nil) == "n1 still has shard 0: its running turns end")
    #expect(held(there, nil, nil) == "n2 does not tell whether it serves shard 0")
    #expect(held(there, nil, report("n2", epoch: 6)) == "n2 has not read yet that shard 0 is its own")
    let reading = RingReport.Arrival(step: "reading", count: 1, shards: [0])
    #expect(held(there, nil, report("n2", arriving: [reading])) == "n2 has shard 0 and does not serve it yet: its log is being read")
    let others = RingReport.Arrival(step: "waiting", count: 1, shards: [3])
    #expect(held(there, nil, report("n2", arriving: [others])) == nil)
    #expect(ShardArrival.obstacle([9: "n2"], there, nil) == "the cluster has no shard 9")
  }
}
