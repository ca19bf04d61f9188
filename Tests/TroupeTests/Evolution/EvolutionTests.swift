// Old and new versions of one kind on one store: what each may record while the other is about, and what survives the way back.
import Testing
import Troupe
import TroupeTesting

@Suite("Evolution") struct EvolutionTests {
  /// The one node of the cluster becomes another version's.
  private func roll(_ cluster: SimulatedCluster, from old: String, to new: String, as version: @escaping @Sendable (inout Registry) -> Void)
    throws
  {
    try cluster.start(new, as: version)
    try cluster.drain(old)
  }

  @Test("state fields that an older version does not know are in its snapshots") func fieldsAreCarried() throws {
    let cluster = try SimulatedCluster(shardCount: 4, register: BadgeVersion.new)
    try cluster.run { (shop: Cluster) async throws -> Void in
      #expect(try await shop.entity(NewBadge.self, "a").earn(1, note: "first") == 1)
    }
    cluster.advance(by: .seconds(1_500))  // idle: the new version's snapshot is taken
    try roll(cluster, from: "n1", to: "n2", as: BadgeVersion.old)
    try cluster.run { (shop: Cluster) async throws -> Void in
      #expect(try await shop.entity(NewBadge.self, "a").earn(10) == 11)
    }
    cluster.advance(by: .seconds(1_500))  // and the old one's
    let left = try cluster.run { try await $0.status() }.nodes.map(\.entities)
    #expect(left == [0], "it has left memory, so it stands in a snapshot")
    try roll(cluster, from: "n2", to: "n3", as: BadgeVersion.new)
    let state = try cluster.run { try await $0.entity(NewBadge.self, "a").whole() }
    #expect(state.points == 11)
    #expect(state.notes == ["first"])
  }

  @Test("values of an event that an older version does not know are kept in the log") func eventFieldsAreKept() throws {
    let cluster = try SimulatedCluster(shardCount: 4, register: BadgeVersion.new)
    try cluster.run { (shop: Cluster) async throws -> Void in
      #expect(try await shop.entity(NewBadge.self, "a").earn(1, note: "first") == 1)
    }
    try roll(cluster, from: "n1", to: "n2", as: BadgeVersion.old)
    try cluster.run { (shop: Cluster) async throws -> Void in
      #expect(try await shop.entity(NewBadge.self, "a").earn(10) == 11)
    }
    cluster.advance(by: .seconds(1_500))
    let held = try cluster.run { try await $0.status() }.nodes.map(\.entities)
    #expect(held == [1], "a snapshot of the old version would lose the note, so it takes none")
    try roll(cluster, from: "n2", to: "n3", as: BadgeVersion.new)
    let state = try cluster.run { try await $0.entity(NewBadge.self, "a").whole() }
    #expect(state.points == 11)
    #expect(state.notes == ["first"])
  }

  @Test("a command that would record a case which a member does not know is refused by name, and leaves nothing") func casesAreHeldBack()
    throws
  {
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 16, register: BadgeVersion.old)
    try cluster.start("n2", as: BadgeVersion.new)
    cluster.advance(by: .seconds(5))
    let refused = try cluster.run { (shop: Cluster) async throws -> [String] in
      var refused: [String] = []
      for number in 0..<40 {
        let badge = shop.entity(NewBadge.self, "b\(number)")
        _ = try await badge.earn(1)
        do {
          _ = try await badge.give(5)
          Issue.record("it was recorded")
        } catch let error as CallError where error.code == .unavailable {
          #expect(error.executed == .no && error.mayRetry && error.retryAfter == .seconds(1))
          #expect(error.message.contains("'given' of NewBadge.Event, which n1 does not know"), "\(error)")
          #expect(try await badge.points() == 1, "what the turn did before is gone as well")
          #expect(try await badge.earn(2, asGift: true) == 3, "who asks goes on in the old way")
          try await badge.giveLater(7)
          refused.append("b\(number)")
        } catch let error as CallError where error.code == .unknownMethod {
          // An entity of the old node's.
        }
      }
      return refused
    }
    #expect(refused.count > 5 && refused.count < 35, "both nodes have some")
    cluster.advance(by: .seconds(20))
    try cluster.run { (shop: Cluster) async throws -> Void in
      for name in refused { #expect(try await shop.entity(NewBadge.self, name).points() == 3, "the reminder waits") }
    }
    try cluster.drain("n1")
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<40 { #expect(try await shop.entity(NewBadge.self, "b\(number)").give(5) > 5) }
    }
    cluster.advance(by: .seconds(3_600))
    try cluster.run { (shop: Cluster) async throws -> Void in
      for name in refused {
        let state = try await shop.entity(NewBadge.self, name).whole()
        #expect(state == NewBadge.State(points: 17, gifts: 12), "3, 1 + 5, and the reminder's 1 + 7, once")
      }
    }
  }

  @Test("new cases that the configuration holds back are not recorded, whoever knows them") func heldBack() throws {
    let cluster = try SimulatedCluster(shardCount: 4, register: BadgeVersion.old)
    try cluster.start("n2", heldBackEvents: ["badge": 1], as: BadgeVersion.new)
    try cluster.drain("n1")
    try cluster.run { (shop: Cluster) async throws -> Void in
      let badge = shop.entity(NewBadge.self, "a")
      #expect(try await badge.earn(1, asGift: true) == 1)
      let error = await #expect(throws: CallError.self) { try await badge.give(1) }
      #expect(error?.message.contains("is held back by the configuration") == true)
      #expect(try await badge.whole() == NewBadge.State(points: 1))
    }
  }
}
