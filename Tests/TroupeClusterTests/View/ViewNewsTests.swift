// What is new in a view, in words: every kind of change, several at once, and the bounds.

import Testing

@testable import TroupeCluster

@Suite struct ViewNewsTests {
  @Test func theFirstSightSaysHowMuchThereIs() {
    #expect(view(["a"], shards: 1).news(since: nil) == ["first seen: 1 member, 1 shard"])
    #expect(view(["a", "b"]).news(since: nil) == ["first seen: 2 members, 12 shards"])
  }

  @Test func whoJoinsIsNamed() throws {
    let old = view(["b"])
    #expect(try old.joining(member("a")).news(since: old) == ["a joined"])
  }

  @Test func whoStartsAnewKeepsItsShards() throws {
    let old = view(["a", "b", "c"])
    #expect(
      try old.joining(member("b", 2), burying: 1).news(since: old) == ["b started anew, and its former process was buried"])
  }

  @Test func aBurialSaysWhereTheShardsWent() throws {
    let old = view(["a", "b", "c"])
    let new = try old.burying([IncarnationName("b", 1)], by: "a", confirmed: .by("c"))
    #expect(new.news(since: old) == ["b was buried", "2 shards went from b to a", "2 shards went from b to c"])
    // By the time that somebody reads the register, the lease may be over and the burial forgotten.
    #expect(new.forgetting([IncarnationName("b", 1)]).news(since: old).first == "b was buried")
  }

  @Test func aLeaveIsNoBurial() throws {
    let old = view(["a", "b"])
    let given = try old.giving(Dictionary(uniqueKeysWithValues: old.shards(of: "b").map { ($0, "a") }), from: "b", transfer: 7)
    #expect(try given.leaving("b").news(since: given) == ["b left"])
    #expect(try given.leaving("b").news(since: old) == ["b left", "6 shards went from b to a"], "a view was skipped")
  }

  @Test func theLastOneLeavesTheShardsToNobody() throws {
    let old = view(["a"])
    let empty = try old.leaving("a", sealed: 9)
    #expect(empty.news(since: old) == ["a left", "12 shards of a have no owner now"])
    #expect(try empty.joining(member("b")).news(since: empty) == ["b joined", "12 shards without an owner went to b"])
  }

  @Test func aGiveSaysFromWhomToWhomTheMostFirst() throws {
    let old = try view(["a"]).joining(member("b")).joining(member("c"))
    let new = try old.giving([1: "b", 3: "c", 4: "c"], from: "a", transfer: 1)
    #expect(new.news(since: old) == ["2 shards went from a to c", "1 shard went from a to b"])
    #expect(new.hasOnlyMoved(since: old))
  }

  @Test func settingsAreTold() throws {
    let old = view(["a", "b"])
    let new = try old.setting(.weight("b", 3)).setting(.drain("a"))
    #expect(new.news(since: old) == ["a drains", "b weighs 3, after 1"])
    #expect(try new.setting(.activate("a")).news(since: new) == ["a takes shards again"])
    #expect(!new.hasOnlyMoved(since: old))
  }

  @Test func pinsAreTold() throws {
    let old = view(["a", "b"])
    let one = try old.setting(.pin(3, "b"))
    #expect(one.news(since: old) == ["shard 3 is pinned to b"])
    #expect(try one.setting(.unpin(3)).news(since: one) == ["shard 3 is not pinned any more"])
    var many = old
    for shard in 0..<12 { many = try many.setting(.pin(ShardID(shard), "a")) }
    #expect(many.news(since: one) == ["12 shards (0, 1, 2, 3, 4, 5, 6, 7, …) are pinned to a"])
  }

  @Test func whatChangesNothingSaysSo() {
    let old = view(["a", "b"])
    #expect(old.voiding().news(since: old) == ["nothing but the epoch"])
  }

  @Test func longNewsIsCut() throws {
    let old = view(["a"])
    var new = old
    for number in 0..<40 { new = try new.joining(member(NodeID("n\(number)"))) }
    let news = new.news(since: old)
    #expect(news.count == View.newsLimit + 1 && news.last == "and 24 things more")
  }
}
