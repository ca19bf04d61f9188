// A version on trial: its share is exact, the rest is shared as ever, and who is missing on one side costs nothing.

import Testing
import TroupeWire

@testable import TroupeCluster

@Suite struct TrialTests {
  private static let shards = 1_024

  /// Four nodes of version 1, and so many of version 2 that have joined since the trial was ordered.
  private func cluster(_ trial: Trial?, news: Int = 1) throws -> View {
    var view = view((0..<4).map { NodeID("old-\($0)") }, shards: Self.shards)
    for index in view.members.indices { view.members[index].version = "1" }
    if trial != nil { view = try view.setting(.trial(trial)) }
    for index in 0..<news {
      var newcomer = member(NodeID("new-\(index)"))
      newcomer.version = "2"
      view = try view.joining(newcomer).balanced()
    }
    return view
  }

  private func ofNew(_ view: View) -> Set<ShardID> {
    view.members.filter { $0.version == "2" }.reduce(into: []) { $0.formUnion(view.shards(of: $1.id)) }
  }

  @Test(arguments: [0, 1, 5, 10, 50, 99, 100], [1, 3]) func theShareIsExact(percent: Int, news: Int) throws {
    let view = try cluster(Trial(version: "2", percent: percent), news: news)
    let share = (Self.shards * percent + 99) / 100
    #expect(ofNew(view).count == share)
    for member in view.members {
      let (side, count) = member.version == "2" ? (share, news) : (Self.shards - share, 4)
      #expect((side / count...(side + count - 1) / count).contains(view.shards(of: member.id).count), "\(member.id)")
    }
    #expect(Placement.desiredOwners(of: view) == view.owners, "at rest")
    #expect(try #require(view.shardsOnTrial).enumerated().allSatisfy { $1 == ofNew(view).contains(ShardID($0)) })
  }

  @Test func widenedItKeepsWhatItHasAndMovesLittleElse() throws {
    let few = try cluster(Trial(version: "2", percent: 5))
    let more = try few.setting(.trial(Trial(version: "2", percent: 25))).balanced()
    #expect(ofNew(few).count == 52 && ofNew(more).count == 256 && ofNew(few).isSubset(of: ofNew(more)))
    // What the trial takes it does not take from all alike: the others then even out among themselves.
    let evened = few.ownerIDs().indices.count { !ofNew(more).contains(ShardID($0)) && few.ownerIDs()[$0] != more.ownerIDs()[$0] }
    #expect(differences(few.ownerIDs(), more.ownerIDs()) == 256 - 52 + evened && evened <= 16, "\(evened)")
    let back = try more.setting(.trial(Trial(version: "2", percent: 5))).balanced()
    #expect(ofNew(back) == ofNew(few))
    let over = try more.setting(.trial(nil)).balanced()
    #expect(over.loads.allSatisfy { $0 == 204 || $0 == 205 })
    #expect(differences(over.ownerIDs(), more.ownerIDs()) == 256 - 205 || differences(over.ownerIDs(), more.ownerIDs()) == 256 - 204)
  }

  @Test func otherVersionsBeginWithOtherShards() {
    let (one, other) = (Trial(version: "2", percent: 10).shards(of: 1_024), Trial(version: "3", percent: 10).shards(of: 1_024))
    #expect(one.count { $0 } == 103 && zip(one, other).count { $0 && $1 } < 30)
  }

  @Test func withNobodyOnOneSideAllShareAll() throws {
    let waiting = try cluster(Trial(version: "2", percent: 5), news: 0)
    #expect(waiting.dividingTrial == nil && waiting.loads == [256, 256, 256, 256])
    let begun = try cluster(Trial(version: "2", percent: 5))
    let dead = try #require(begun.member("new-0")).name
    let buried = try begun.burying([dead], by: "old-0", confirmed: .by("old-1"))
    #expect(buried.loads == [256, 256, 256, 256], "its share falls back to the others")
    #expect(differences(begun.ownerIDs(), buried.ownerIDs()) == 52)
    var all = begun
    for member in begun.members where member.version == "1" { all = try all.setting(.drain(member.id)) }
    #expect(all.balanced().shards(of: "new-0").count == Self.shards, "nor does the new version share with who leaves")
    let weightless = begun.weighing(["new-0": 0]).balanced()
    #expect(weightless.dividingTrial == nil && weightless.shards(of: "new-0").isEmpty)
  }

  @Test func pinsAndWeightsHoldOnBothSides() throws {
    var view = try cluster(Trial(version: "2", percent: 10), news: 2).weighing(["new-1": 3, "old-0": 0])
    let chosen = try #require(view.shardsOnTrial)
    let (onTrial, other) = (try #require(chosen.firstIndex(of: true)), try #require(chosen.firstIndex(of: false)))
    view = try view.setting(.pin(ShardID(onTrial), "old-0")).setting(.pin(ShardID(other), "new-0")).balanced()
    #expect(view.owns("old-0", ShardID(onTrial)) && view.owns("new-0", ShardID(other)))
    // 103 on trial, one of them pinned away, and one pinned here: shared by one and three.
    #expect(view.loads[try #require(view.index(of: "new-0"))] + view.loads[try #require(view.index(of: "new-1"))] == 103)
    #expect((76...78).contains(view.shards(of: "new-1").count))
    #expect(view.shards(of: "old-0") == [ShardID(onTrial)])
  }

  /// Owners that each give away a few, in any order, come to rest, and nothing moves twice.
  @Test func aFewAtATimeNothingMovesBack() throws {
    for seed in UInt64(1)...10 {
      var random = SeededRandom(seed: seed)
      var current = try cluster(nil, news: 2).setting(.trial(Trial(version: "2", percent: Int.random(in: 0...100, using: &random))))
      var moves: [ShardID: Int] = [:]
      while true {
        let open = current.members.map { ($0.id, Placement.misplaced(of: $0.id, in: current)) }.filter { !$0.1.isEmpty }
        guard let (giver, misplaced) = open.randomElement(using: &random) else { break }
        let few = misplaced.shuffled(using: &random).prefix(8)
        for (shard, _) in few { moves[shard, default: 0] += 1 }
        current = try current.giving(Dictionary(uniqueKeysWithValues: few.map { ($0.shard, $0.target) }), from: giver, transfer: 1)
      }
      #expect(moves.values.allSatisfy { $0 == 1 }, "seed \(seed)")
    }
  }

  @Test func aWishAcrossGivesWayAndAPinDoesNot() throws {
    let view = try cluster(Trial(version: "2", percent: 5))
    let chosen = try #require(view.shardsOnTrial)
    let (tried, other) = (ShardID(try #require(chosen.firstIndex(of: true))), ShardID(try #require(chosen.firstIndex(of: false))))
    let wished = try view.setting(.balance([tried: "old-0", other: "new-0"])).balanced()
    #expect(wished.owns("new-0", tried) && !wished.owns("new-0", other))
    let pinned = try wished.setting(.pin(tried, "old-0")).balanced()
    #expect(pinned.owns("old-0", tried))
  }

  /// FIXED within the placement "hash-1": members of different versions must agree.
  @Test func whichShardsAreOnTrialStaysWhatItIs() {
    func chosen(_ version: String, _ percent: Int) -> [Int] {
      Trial(version: version, percent: percent).shards(of: 64).enumerated().filter(\.element).map(\.offset)
    }
    #expect(chosen("2", 5) == [12, 17, 21, 41])
    #expect(chosen("2.1-größe", 10) == [13, 19, 29, 32, 38, 52, 63])
  }

  @Test func whatIsNoTrialIsRefused() throws {
    let view = view(["a"])
    for trial in [
      Trial(version: "2", percent: 101), Trial(version: "2", percent: -1), Trial(version: "", percent: 5),
      Trial(version: String(repeating: "v", count: 129), percent: 5),
    ] {
      #expect(throws: ViewRefusal.badTrial(trial.percent)) { try view.setting(.trial(trial)) }
      var broken = view
      broken.trial = trial
      let bytes = broken.wireBytes
      #expect(throws: WireError.self) { try View(wireBytes: bytes) }
    }
  }

  @Test func itTravelsBehindTheWishesAndIsAbsentWhenThereIsNone() throws {
    let plain = view(["a", "b"])
    let tried = try plain.setting(.trial(Trial(version: "2", percent: 5)))
    #expect(try View(wireBytes: tried.wireBytes) == tried)
    #expect(tried.satisfies(.trial(Trial(version: "2", percent: 5))) && !tried.satisfies(.trial(nil)))
    let over = try tried.setting(.trial(nil))
    #expect(over.wireBytes == (try plain.setting(.unpin(0)).setting(.unpin(0))).wireBytes)
  }

  @Test func aTrialIsToldAndEndsARoundOfTheBalancer() throws {
    let old = try view(["a", "b"]).setting(.balance([1: "b"]))
    let tried = try old.setting(.trial(Trial(version: "2", percent: 5)))
    #expect(tried.wishes.isEmpty && !tried.hasOnlyMoved(since: old))
    #expect(tried.news(since: old).contains("5 % of the shards go to version 2"))
    let wider = try tried.setting(.trial(Trial(version: "2", percent: 10)))
    #expect(wider.news(since: tried) == ["10 % of the shards go to version 2, after 5 %"])
    #expect(try wider.setting(.trial(nil)).news(since: wider) == ["version 2 is not on trial any more"])
  }

  @Test func whileItDividesTheShardsNobodyComparesLoads() throws {
    let view = try cluster(Trial(version: "2", percent: 5))
    let costs = Dictionary(uniqueKeysWithValues: view.shards(of: "old-0").map { ($0, CoreUse(millionths: 4_000)) })
    let plan = BalancePlan(view, costs: costs)
    #expect(plan.swaps.isEmpty && plan.end == .trial("2"))
  }
}
