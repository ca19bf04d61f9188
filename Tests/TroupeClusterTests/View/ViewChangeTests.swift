// Each change of the register: what it does, and everything that it refuses.

import Testing

@testable import TroupeCluster

@Suite struct ViewChangeTests {
  @Test func theFirstMemberOwnsEverything() {
    let view = View.first(cluster: "test", shardCount: 12, member: member("a"))
    #expect(view.epoch == 1)
    #expect(view.shards(of: "a").count == 12)
    #expect(view.transfers.isEmpty && view.burials.isEmpty)
  }

  @Test func aNewcomerOwnsNothing() throws {
    let view = try view(["b"]).joining(member("a"))
    #expect(view.epoch == 2)
    #expect(view.members.map(\.id) == ["a", "b"])
    #expect(view.loads == [0, 12])
  }

  @Test func nobodyJoinsTwice() throws {
    let view = view(["a", "b"])
    #expect(throws: ViewRefusal.alreadyMember(IncarnationName("b", 1))) { try view.joining(member("b", 2)) }
    #expect(throws: ViewRefusal.alreadyMember(IncarnationName("b", 1))) { try view.joining(member("b", 1), burying: 1) }
    #expect(throws: ViewRefusal.alreadyMember(IncarnationName("b", 1))) { try view.joining(member("b", 3), burying: 2) }
  }

  @Test func aNewcomerMustBeReachable() {
    var deaf = member("b")
    deaf.addresses = []
    #expect(throws: ViewRefusal.noAddress("b")) { try view(["a"]).joining(deaf) }
    #expect(throws: ViewRefusal.badWeight(-1)) { try view(["a"]).joining(member("b", weight: -1)) }
  }

  @Test func aNodeOfAnotherVersionDoesNotGuessThePlacement() {
    var view = view(["a"])
    view.placement = "hash-2"
    #expect(throws: ViewRefusal.unknownPlacement("hash-2")) { try view.joining(member("b")) }
  }

  @Test func aRestartedNodeBuriesItselfAndInheritsItsShare() throws {
    let before = view(["a", "b", "c"])
    let after = try before.joining(member("b", 2), burying: 1)
    #expect(after.burials == [IncarnationName("b", 1)])
    #expect(after.shards(of: "b") == before.shards(of: "b"))
    #expect(after.shards(of: "b").allSatisfy { after.transfers[$0] == nil })
    #expect(after.lists(IncarnationName("b", 2)) && !after.lists(IncarnationName("b", 1)))
  }

  @Test func aGiveMovesAndNamesTheTransfer() throws {
    let view = try view(["a"]).joining(member("b")).giving([3: "b", 5: "b"], from: "a", transfer: 77)
    #expect(view.shards(of: "b") == [3, 5])
    #expect(view.transfers == [3: 77, 5: 77])
  }

  @Test func aGiveIsRefusedByName() throws {
    let view = try view(["a"]).joining(member("b")).joining(member("c")).setting(.drain("c"))
    #expect(throws: ViewRefusal.empty) { try view.giving([:], from: "a", transfer: 1) }
    #expect(throws: ViewRefusal.notMember("x")) { try view.giving([1: "b"], from: "x", transfer: 1) }
    #expect(throws: ViewRefusal.notMember("x")) { try view.giving([1: "x"], from: "a", transfer: 1) }
    #expect(throws: ViewRefusal.notOwner(1)) { try view.giving([1: "a"], from: "b", transfer: 1) }
    #expect(throws: ViewRefusal.noSuchShard(12)) { try view.giving([12: "b"], from: "a", transfer: 1) }
    #expect(throws: ViewRefusal.cannotReceive("a")) { try view.giving([1: "a"], from: "a", transfer: 1) }
    #expect(throws: ViewRefusal.cannotReceive("c")) { try view.giving([1: "c"], from: "a", transfer: 1) }
  }

  @Test func aBurialLeavesTheShardsToTheOthersWithoutATransfer() throws {
    let before = view(["a", "b", "c"])
    let after = try before.burying([IncarnationName("b", 1)], by: "a", confirmed: .by("c"))
    #expect(after.members.map(\.id) == ["a", "c"])
    #expect(after.loads == [6, 6])
    #expect(after.burials == [IncarnationName("b", 1)])
    for shard in before.shards(of: "b") { #expect(after.transfers[shard] == nil) }
    for id in ["a", "c"] as [NodeID] { #expect(Set(after.shards(of: id)).isSuperset(of: before.shards(of: id))) }
  }

  @Test func aBurialNeedsAnothersWord() {
    let view = view(["a", "b", "c"])
    let b = IncarnationName("b", 1)
    #expect(throws: ViewRefusal.empty) { try view.burying([], by: "a", confirmed: .by("c")) }
    #expect(throws: ViewRefusal.notConfirmed("b")) { try view.burying([b], by: "a", confirmed: .by("a")) }
    #expect(throws: ViewRefusal.ownBurial("b")) { try view.burying([b], by: "a", confirmed: .by("b")) }
    #expect(throws: ViewRefusal.ownBurial("b")) { try view.burying([b], by: "b", confirmed: .by("c")) }
    #expect(throws: ViewRefusal.notMember("x")) { try view.burying([b], by: "a", confirmed: .by("x")) }
    #expect(throws: ViewRefusal.notMember("b")) { try view.burying([IncarnationName("b", 2)], by: "a", confirmed: .by("c")) }
    #expect(throws: Never.self) { try view.burying([b], by: "a", confirmed: .nobodyElseBeats) }
  }

  @Test func burialsAreForgottenOnRequest() throws {
    let b = IncarnationName("b", 1)
    let view = try view(["a", "b", "c"]).burying([b], by: "a", confirmed: .by("c"))
    #expect(view.forgetting([b]).burials == [])
    #expect(view.forgetting([IncarnationName("b", 2)]) == view)
  }

  @Test func aMemberLeavesWithEmptyHands() throws {
    let view = view(["a", "b"])
    #expect(throws: ViewRefusal.stillOwns(shards: 6)) { try view.leaving("a") }
    #expect(throws: ViewRefusal.stillOwns(shards: 6)) { try view.leaving("a", sealed: 9) }
    #expect(throws: ViewRefusal.notMember("x")) { try view.leaving("x") }
    let drained = try view.setting(.drain("a")).balanced()
    #expect(drained.loads == [0, 12])
    #expect(try drained.leaving("a").members.map(\.id) == ["b"])
  }

  @Test func theLastLeavesItsShardsBehindSealedAndTheNextGetsThem() throws {
    let empty = try view(["a"]).leaving("a", sealed: 9)
    #expect(empty.members.isEmpty)
    #expect(empty.ownerIDs().allSatisfy { $0 == nil })
    let next = try empty.joining(member("b"))
    #expect(next.loads == [12])
    #expect(next.transfers[0] == 9)
    #expect(next.burials.isEmpty)
  }

  @Test func settings() throws {
    let view = view(["a", "b"])
    #expect(try view.setting(.weight("a", 3)).member("a")?.weight == 3)
    #expect(throws: ViewRefusal.badWeight(10_001)) { try view.setting(.weight("a", 10_001)) }
    #expect(throws: ViewRefusal.notMember("x")) { try view.setting(.drain("x")) }
    #expect(throws: ViewRefusal.noSuchShard(12)) { try view.setting(.pin(12, "a")) }
    let pinned = try view.setting(.pin(2, "a"))
    #expect(pinned.satisfies(.pin(2, "a")) && !pinned.satisfies(.unpin(2)))
    #expect(try pinned.setting(.unpin(2)).pins.isEmpty)
    #expect(try view.setting(.drain("a")).setting(.activate("a")).member("a")?.state == .active)
  }

  @Test func aReleaseTakesOutNobodyElsesPin() throws {
    let pinned = try view(["a", "b"]).setting(.pin(2, "a"))
    #expect(try pinned.setting(.release(2, "b")).pins == [2: "a"])
    #expect(try pinned.setting(.release(2, "a")).pins.isEmpty)
    #expect(pinned.satisfies(.release(2, "b")) && !pinned.satisfies(.release(2, "a")))
    #expect(throws: ViewRefusal.noSuchShard(12)) { try pinned.setting(.release(12, "a")) }
  }

  @Test func wishesAreReplacedAsAWholeAndGoWithWhomTheyName() throws {
    let plain = view(["a", "b", "c"])
    let wished = try plain.setting(.balance([0: "b", 1: "a"])).setting(.balance([2: "b", 3: "c"]))
    #expect(wished.wishes == [2: "b", 3: "c"])
    #expect(wished.satisfies(.balance([2: "b", 3: "c"])) && !wished.satisfies(.balance([:])))
    #expect(throws: ViewRefusal.notMember("x")) { try plain.setting(.balance([0: "b", 1: "x"])) }
    #expect(throws: ViewRefusal.noSuchShard(12)) { try plain.setting(.balance([12: "b"])) }
    #expect(try wished.burying([IncarnationName("b", 1)], by: "a", confirmed: .by("c")).wishes == [3: "c"])
    #expect(try wished.setting(.drain("c")).balanced().leaving("c").wishes == [2: "b"])
    #expect(try wished.joining(member("b", 2), burying: 1).wishes == [3: "c"])
    #expect(
      wished.news(since: plain) == ["shard 2 is wanted at b to balance the load", "shard 3 is wanted at c to balance the load"])
    #expect(try wished.setting(.balance([:])).news(since: wished) == ["2 shards (2, 3) are not on the way any more to balance the load"])
  }

  @Test func aVoidChangesNothingButTheEpoch() {
    let view = view(["a", "b"])
    var same = view.voiding()
    #expect(same.epoch == view.epoch.next)
    same.epoch = view.epoch
    #expect(same == view)
  }
}
