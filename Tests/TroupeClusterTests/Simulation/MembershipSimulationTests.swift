// Whole clusters in virtual time: they form, grow, lose nodes, drain, stop and come back.

import Testing

@testable import TroupeCluster

@Suite struct MembershipSimulationTests {
  private func cluster(_ names: [NodeID], seed: UInt64, shardCount: Int = 48) throws -> SimulatedCluster {
    let cluster = SimulatedCluster(seed: seed, shardCount: shardCount)
    for name in names {
      cluster.start(name)
      cluster.run(for: .milliseconds(50))
    }
    try settle(cluster, members: names.count)
    return cluster
  }

  private func settle(_ cluster: SimulatedCluster, members: Int, within limit: Duration = .seconds(20)) throws {
    let isThere = { cluster.isSettled && cluster.store.register?.members.count == members }
    _ = try #require(cluster.run(until: isThere, limit: limit), "\(cluster.history)")
    #expect(cluster.violations == [])
  }

  @Test func nodesThatStartTogetherFormOneCluster() throws {
    for seed in UInt64(1)...20 {
      let cluster = SimulatedCluster(seed: seed)
      for name in ["a", "b", "c", "d", "e"] as [NodeID] { cluster.start(name) }
      try settle(cluster, members: 5, within: .seconds(5))
      #expect(cluster.store.register?.loads.sorted() == [9, 9, 10, 10, 10])
    }
  }

  @Test func aNewNodeGetsItsShareWithinSeconds() throws {
    for seed in UInt64(1)...2 {
      let cluster = try cluster(["a", "b"], seed: seed, shardCount: 1_024)
      cluster.start("c")
      try settle(cluster, members: 3, within: .seconds(4))
      #expect(cluster.store.register?.loads.sorted() == [341, 341, 342])
    }
  }

  /// The lease is 1.5 s; the heirs wait 1.575 s from the last beat that they saw.
  @Test func theShardsOfAKilledNodeAreServedAgainSoon() throws {
    var gaps: [Duration] = []
    for seed in UInt64(1)...24 {
      let cluster = try cluster(["a", "b", "c"], seed: seed)
      cluster.run(for: .milliseconds(4_000 + Int64(seed) * 13))
      cluster.kill(["a", "b", "c"][Int(seed % 3)])
      gaps.append(try #require(cluster.run(until: { cluster.isFullyServed }, limit: .seconds(10)), "\(cluster.history)"))
      #expect(cluster.violations == [])
    }
    gaps.sort()
    #expect(gaps[gaps.count / 2] < .milliseconds(1_800), "\(gaps)")
    #expect(gaps.last! < .milliseconds(2_500), "\(gaps)")
  }

  /// Without the dead one's last count the heirs wait from the burial on.
  @Test func aStoreThatForgetsTheBuriedCostsTimeOnly() throws {
    for seed in UInt64(1)...10 {
      let cluster = try cluster(["a", "b", "c"], seed: seed)
      cluster.store.forgetsTheBuried = true
      cluster.run(for: .milliseconds(4_000 + Int64(seed) * 13))
      cluster.kill("b")
      #expect(cluster.run(until: { cluster.isFullyServed }, limit: .milliseconds(3_400)) != nil, "\(cluster.history)")
      #expect(cluster.violations == [])
    }
  }

  @Test func twoOfThreeMayDieAtOnce() throws {
    for seed in UInt64(1)...10 {
      let cluster = try cluster(["a", "b", "c"], seed: seed)
      cluster.run(for: .seconds(4))
      cluster.kill("a")
      cluster.kill("c")
      try settle(cluster, members: 1, within: .milliseconds(2_500))
    }
  }

  @Test func aKilledNodeThatComesBackReplacesItself() throws {
    for seed in UInt64(1)...20 {
      let cluster = try cluster(["a", "b", "c"], seed: seed)
      cluster.run(for: .seconds(4))
      cluster.kill("b")
      cluster.run(for: .milliseconds(Int64(seed) * 120))
      cluster.start("b")
      try settle(cluster, members: 3, within: .seconds(6))
    }
  }

  @Test func killedAllAtOnceTheyComeBackWithoutAHand() throws {
    for seed in UInt64(1)...10 {
      let cluster = try cluster(["a", "b", "c"], seed: seed)
      for name in ["a", "b", "c"] as [NodeID] { cluster.kill(name) }
      cluster.run(for: .seconds(60))
      for name in ["c", "a", "b"] as [NodeID] { cluster.start(name) }
      try settle(cluster, members: 3, within: .seconds(5))
    }
  }

  @Test func oneSurvivorOfAFullStopBuriesTheOthers() throws {
    let cluster = try cluster(["a", "b", "c"], seed: 1)
    for name in ["a", "b", "c"] as [NodeID] { cluster.kill(name) }
    cluster.start("b")
    try settle(cluster, members: 1, within: .seconds(10))
  }

  @Test func aNodeThatIsAskedToLeaveGivesEverythingAwayFirst() throws {
    for seed in UInt64(1)...10 {
      let cluster = try cluster(["a", "b", "c"], seed: seed)
      let leaver = try #require(cluster.nodes["b"])
      leaver.hear(.leaveRequested)
      let left = cluster.run(until: { leaver.stopped == .left }, limit: .seconds(5))
      #expect(left != nil, "\(cluster.history)")
      try settle(cluster, members: 2, within: .seconds(2))
      #expect(cluster.store.register?.burials == [])
    }
  }

  @Test func stoppedAllAtOnceTheyLeaveWithoutMovingAndComeBackAtOnce() throws {
    for seed in UInt64(1)...10 {
      let cluster = try cluster(["a", "b", "c"], seed: seed)
      let nodes = cluster.nodes.values.sorted { $0.id < $1.id }
      for node in nodes { node.hear(.leaveRequested) }
      let left = cluster.run(until: { nodes.allSatisfy { $0.stopped == .left } }, limit: .seconds(5))
      #expect(left != nil, "\(cluster.history)")
      #expect(cluster.store.register?.members == [])
      for name in ["a", "b", "c"] as [NodeID] { cluster.start(name) }
      #expect(cluster.run(until: { cluster.isFullyServed }, limit: .seconds(1)) != nil, "\(cluster.history)")
      try settle(cluster, members: 3, within: .seconds(3))
    }
  }

  @Test func weightsAndPinsMoveShards() throws {
    let cluster = try cluster(["a", "b", "c"], seed: 5)
    cluster.nodes["a"]?.hear(.settingRequested(ticket: 1, .weight("b", 2)))
    cluster.nodes["c"]?.hear(.settingRequested(ticket: 2, .pin(7, "c")))
    cluster.run(for: .milliseconds(200))
    try settle(cluster, members: 3, within: .seconds(3))
    #expect(cluster.store.register?.loads == [12, 24, 12])
    #expect(cluster.store.register?.owner(of: 7)?.id == "c")
  }

  @Test func theSecondProcessOfOneNodeIsTurnedAway() throws {
    let cluster = try cluster(["a", "b"], seed: 3)
    let first = try #require(cluster.nodes["a"])
    let second = cluster.start("a")
    cluster.run(for: .seconds(5))
    #expect(second.stopped == .idTaken(first.name))
    #expect(first.stopped == nil)
  }
}
