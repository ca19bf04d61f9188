// The same clusters under faults: stores that answer late or never, paused processes, cut links, all at once. While they last
// no shard may have two owners that answer; afterwards everything must come to rest by itself.

import Foundation
import Testing

@testable import TroupeCluster

@Suite struct MembershipFaultTests {
  /// `TROUPE_SEEDS=2000` looks further than every run can afford.
  static let seeds = UInt64(1)...(ProcessInfo.processInfo.environment["TROUPE_SEEDS"].flatMap(UInt64.init) ?? 60)
  private static let names: [NodeID] = ["a", "b", "c", "d", "e"]

  private func cluster(of size: Int, seed: UInt64) -> SimulatedCluster {
    let cluster = SimulatedCluster(seed: seed)
    for name in Self.names.prefix(size) { cluster.start(name) }
    cluster.run(for: .seconds(5))
    return cluster
  }

  /// One blow, drawn at random.
  private func strike(_ cluster: SimulatedCluster) {
    let victims = cluster.nodes.values.sorted { $0.id < $1.id }
    let victim = victims.randomElement(using: &cluster.random)!
    switch Int.random(in: 0..<10, using: &cluster.random) {
    case 0: cluster.kill(victim.id)
    case 1, 2: cluster.start(victim.id, replacing: victim)
    case 3, 4: victim.pause(.milliseconds(Int64.random(in: 50...6_000, using: &cluster.random)))
    case 5: victim.isCutFromStore.toggle()
    case 6: cluster.cut(victim.id, victims.randomElement(using: &cluster.random)!.id)
    case 7: cluster.store.isAway.toggle()
    case 8: for _ in 0..<5 { victim.loseAShard() }
    default: victim.hear(.leaveRequested)
    }
  }

  @Test(arguments: seeds) func whateverHappensNoShardHasTwoOwnersAndAllHeals(seed: UInt64) throws {
    let size = 3 + Int(seed % 3)
    let cluster = cluster(of: size, seed: seed)
    cluster.store.forgetsTheBuried = seed % 2 == 0
    cluster.store.lost = [0, 20, 100, 250][Int(seed / 3 % 4)]
    for _ in 0..<25 {
      strike(cluster)
      cluster.run(for: .milliseconds(Int64.random(in: 20...1_500, using: &cluster.random)))
      #expect(cluster.violations == [], "seed \(seed): \(cluster.history)")
    }
    cluster.heal()
    for name in Self.names.prefix(size) where cluster.nodes[name]?.isRunning != true { cluster.start(name) }
    // Pauses of up to 6 s may still run.
    cluster.run(for: .seconds(7))
    for name in Self.names.prefix(size) where cluster.nodes[name]?.isRunning != true { cluster.start(name) }
    let healed = cluster.run(until: { cluster.isSettled && cluster.store.register?.members.count == size }, limit: .seconds(20))
    #expect(healed != nil, "seed \(seed): \(cluster.history) \(String(describing: cluster.store.register))")
    #expect(cluster.violations == [], "seed \(seed)")
    let loads = try #require(cluster.store.register).loads
    #expect(loads.max()! - loads.min()! <= 1)
  }

  @Test func aStoreThatWasAwayBuriesNobodyWhenItReturns() {
    for seed in UInt64(1)...10 {
      let cluster = cluster(of: 3, seed: seed)
      let before = cluster.nodes.mapValues(\.name)
      cluster.store.isAway = true
      cluster.run(for: .seconds(60))
      cluster.store.isAway = false
      let back = cluster.run(until: { cluster.isSettled }, limit: .seconds(10))
      #expect(back != nil)
      cluster.run(for: .seconds(5))
      #expect(cluster.nodes.mapValues(\.name) == before)
      #expect(cluster.store.register?.burials == [])
      #expect(cluster.violations == [])
    }
  }

  @Test func slowLinksBuryNobody() {
    for seed in UInt64(1)...3 {
      let cluster = SimulatedCluster(seed: seed)
      cluster.linkLatency = 400_000_000...600_000_000
      for name in Self.names { cluster.start(name) }
      cluster.run(for: .seconds(60))
      #expect(cluster.isSettled)
      #expect(cluster.stops == [])
      #expect(cluster.violations == [])
    }
  }

  @Test func aPausedNodeIsReplacedAndKnowsItWhenItWakes() throws {
    for seed in UInt64(1)...10 {
      let cluster = cluster(of: 3, seed: seed)
      cluster.restartsTheBuried = false
      let paused = try #require(cluster.nodes["b"])
      paused.pause(.seconds(10))
      let taken = cluster.run(until: { cluster.isSettled && cluster.store.register?.members.count == 2 }, limit: .seconds(5))
      #expect(taken != nil, "\(cluster.history)")
      cluster.run(for: .seconds(10))
      #expect(paused.stopped == .buried)
      #expect(cluster.violations == [])
    }
  }

  /// A link that is down between two members that both beat is no reason to bury either.
  @Test func aCutLinkBuriesNobody() {
    let cluster = cluster(of: 3, seed: 4)
    cluster.cut("a", "b")
    cluster.run(for: .seconds(30))
    #expect(cluster.stops == [])
    #expect(cluster.store.register?.members.count == 3)
  }

  /// The check itself is checked: a node that answers without a lease is found out.
  @Test func aNodeThatIgnoresItsLeaseIsCaught() throws {
    let cluster = cluster(of: 3, seed: 2)
    let rogue = try #require(cluster.nodes["c"])
    rogue.ignoresLease = true
    rogue.pause(.seconds(10))
    cluster.run(for: .seconds(8))
    #expect(!cluster.violations.isEmpty)
  }
}
