// Old, new, old, new: the nodes of a cluster are replaced one by one, forth and back, on one store and under load. Nothing is lost or done
// twice, and no case is recorded that some member could not read.
import Synchronization
import Testing
import TroupeTesting

@testable import Troupe

@Suite("Rolling to a new version and back") struct RollTests {
  static let badges = 12

  /// Clients that earn, each call under a key of its own and repeated until it was answered.
  final class Load: Sendable {
    let isOver = Atomic(false)
    let earned = Atomic(0)
    let ended = Atomic(0)

    func run(_ client: Int, _ shop: Cluster) async {
      var number = 0
      while !isOver.load(ordering: .relaxed) {
        number += 1
        let badge = shop.entity(NewBadge.self, "b\(number % RollTests.badges)").once("\(client) \(number)")
        while true {
          do {
            _ = try await badge.earn(1, asGift: number.isMultiple(of: 2))
            break
          } catch {
            guard (error as? CallError)?.mayRetry == true else {
              Issue.record("\(error)")
              break
            }
          }
        }
        earned.add(1, ordering: .relaxed)
        await RollTests.pause(shop)
      }
      ended.add(1, ordering: .relaxed)
    }
  }

  /// In the simulation's time: an entity remembers 4,096 keys, and no more calls than that should fit in the rolls.
  static func pause(_ shop: Cluster) async {
    let loop = shop.stages[0].loop
    await withCheckedContinuation { waiter in
      loop.execute { loop.schedule(after: .milliseconds(20)) { waiter.resume() } }
    }
  }

  /// How many of the events in the store have the new case.
  private func gifts(in cluster: SimulatedCluster) throws -> Int {
    try cluster.run { (shop: Cluster) async throws -> Int in
      var count = 0
      for number in 0..<Self.badges {
        let log = try await shop.log(kind: "badge", id: "b\(number)", limit: 1_000)
        count += log.flatMap(\.events).count { $0[1] == 1 }
      }
      return count
    }
  }

  @Test("no command is lost or doubled, and no case comes too early", arguments: [1, 2] as [UInt64]) func oldNewOldNew(seed: UInt64) throws
  {
    let cluster = try SimulatedCluster(nodes: 3, shardCount: 16, seed: seed, register: BadgeVersion.old)
    let load = Load()
    for client in 0..<3 { cluster.runBeside { await load.run(client, $0) } }
    func roll(_ names: [(String, String)], heldBack: [String: Int] = [:], as version: @escaping @Sendable (inout Registry) -> Void) throws {
      for (old, new) in names {
        try cluster.start(new, heldBackEvents: heldBack, as: version)
        cluster.advance(by: .milliseconds(500))
        try cluster.drain(old)
        cluster.advance(by: .milliseconds(500))
      }
    }
    // To the new version, which is held back so that it can be rolled back; then back, and forth for good.
    try roll([("n1", "n4"), ("n2", "n5"), ("n3", "n6")], heldBack: ["badge": 1], as: BadgeVersion.new)
    #expect(try gifts(in: cluster) == 0)
    try roll([("n4", "n7"), ("n5", "n8"), ("n6", "n9")], as: BadgeVersion.old)
    #expect(try gifts(in: cluster) == 0)
    try roll([("n7", "n10"), ("n8", "n11")], as: BadgeVersion.new)
    #expect(try gifts(in: cluster) == 0, "n9 does not know the case")
    try roll([("n9", "n12")], as: BadgeVersion.new)
    cluster.advance(by: .seconds(2))
    load.isOver.store(true, ordering: .relaxed)
    cluster.world.run(limit: .seconds(60)) { load.ended.load(ordering: .relaxed) == 3 }
    #expect(load.ended.load(ordering: .relaxed) == 3)
    let states = try cluster.run { (shop: Cluster) async throws -> [NewBadge.State] in
      var states: [NewBadge.State] = []
      for number in 0..<Self.badges { states.append(try await shop.entity(NewBadge.self, "b\(number)").whole()) }
      return states
    }
    let earned = load.earned.load(ordering: .relaxed)
    #expect(earned > 1_000, "under load: \(earned) calls")
    #expect(states.reduce(0) { $0 + $1.points } == earned)
    #expect(states.reduce(0) { $0 + $1.gifts } > 0, "once everybody knows it, it is recorded")
  }
}
