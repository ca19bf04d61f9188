// A member whose beats reach the store and whose answers reach nobody: who may bury it, when, and when not.

import Testing

@testable import TroupeCluster

@Suite struct UnheardDialogueTests {
  private static func question(_ said: [MembershipEffect]) -> (round: UInt64, names: [IncarnationName], witnesses: [Member])? {
    for case .askUnheard(let round, let names, let witnesses) in said.reversed() { return (round, names, witnesses) }
    return nil
  }

  @Test func whoBeatsAndIsNotHeardIsBuriedByTheMajority() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    let early = a.live(5_800, peers: [(b, true, false), (c, true, true)], counter: &counter)
    #expect(Self.question(early) == nil && early.change == nil, "a network that drops things for nearly six seconds is no reason")
    let late = a.live(900, peers: [(b, true, false), (c, true, true)], counter: &counter)
    let question = try #require(Self.question(late))
    #expect(question.names == [b] && question.witnesses == [view.members[2]] && late.change == nil)
    let said = a.hear(.unheardGiven(by: c, round: question.round, [b]))
    #expect(said.change == (try? view.burying([b], by: "a", confirmed: .majority(["c"]))))
  }

  @Test func whomAnotherHearsIsNotBuried() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    for _ in 0..<10 {
      let said = a.live(3_000, peers: [(b, true, false), (c, true, true)], counter: &counter)
      if let question = Self.question(said) { #expect(a.hear(.unheardGiven(by: c, round: question.round, [])).change == nil) }
      #expect(said.change == nil)
    }
  }

  @Test func whatWasSaidToAnEarlierQuestionDoesNotCount() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    let question = try #require(Self.question(a.live(9_000, peers: [(b, true, false), (c, true, true)], counter: &counter)))
    let next = try #require(Self.question(a.live(4_000, peers: [(b, true, false), (c, true, true)], counter: &counter)))
    #expect(next.round > question.round)
    #expect(a.hear(.unheardGiven(by: c, round: question.round, [b])).change == nil)
  }

  /// An answer of b's, and what was said before it is worth nothing: not even to one that later hears nobody itself.
  @Test func oldWordsBuryNobody() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    let question = try #require(Self.question(a.live(7_000, peers: [(b, true, false), (c, true, true)], counter: &counter)))
    _ = a.hear(.probeAnswered(b))
    #expect(a.hear(.unheardGiven(by: c, round: question.round, [b])).change == nil)
    let said = a.live(20_000, peers: [(b, true, false), (c, true, false)], counter: &counter)
    #expect(said.change == nil && Self.question(said) == nil, "it is a that has lost its network")
  }

  @Test func aWordCountsForAMoment() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    let question = try #require(Self.question(a.live(7_000, peers: [(b, true, false), (c, true, true)], counter: &counter)))
    // It may change nothing meanwhile: somebody has spoken of a view that it does not know.
    _ = a.hear(.epochHeard(view.epoch.next))
    #expect(a.hear(.unheardGiven(by: c, round: question.round, [b])).change == nil)
    _ = a.live(3_100, peers: [(b, true, false), (c, true, true)], counter: &counter)
    #expect(a.hear(.registerRead(view)).change == nil)
  }

  /// Somebody else has buried one of two: the other is heard out anew, and not before as many probes again.
  @Test func oneBurialAtATimeWhoeverBuries() throws {
    let view = view(["a", "b", "c", "d", "e"])
    var a = Dialogue()
    _ = a.hear(.started)
    _ = a.hear(.registerRead(view))
    let (b, c, d, e) = (view.members[1].name, view.members[2].name, view.members[3].name, view.members[4].name)
    _ = a.hear(.beatTaken(view.epoch, [b, c, d, e].map { PeerBeat($0, counter: 1) }))
    var counter: UInt64 = 1
    let peers = [(b, true, false), (c, true, false), (d, true, true), (e, true, true)].map { (name: $0.0, beats: $0.1, answers: $0.2) }
    let question = try #require(Self.question(a.live(7_000, peers: peers, counter: &counter)))
    #expect(question.names == [b, c])
    let buried = try view.burying([b], by: "d", confirmed: .majority(["a", "e"]))
    _ = a.hear(.unheardGiven(by: d, round: question.round, [c]))
    _ = a.hear(.epochHeard(buried.epoch))
    let read = a.hear(.registerRead(buried))
    let late = a.hear(.unheardGiven(by: e, round: question.round, [c]))
    #expect(read.change?.lists(c) != false && late.change == nil)
    _ = a.hear(.beatTaken(buried.epoch, [c, d, e].map { PeerBeat($0, counter: counter + 1) }))
    let meanwhile = a.live(5_500, peers: peers.filter { $0.name != b }, counter: &counter)
    #expect(Self.question(meanwhile) == nil)
    #expect(Self.question(a.live(1_500, peers: peers.filter { $0.name != b }, counter: &counter))?.names == [c])
  }

  @Test func whoHearsNobodyAsksNobody() {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    let said = a.live(30_000, peers: [(b, true, false), (c, true, false)], counter: &counter)
    #expect(Self.question(said) == nil && said.change == nil)
  }

  @Test func aWitnessSaysWhatItHasSeenItself() {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    _ = a.live(5_000, peers: [(b, true, false), (c, true, true)], counter: &counter)
    #expect(a.hear(.unheardAsked(ticket: 7, [b])).contains(.giveWord(ticket: 7, [])), "it has not probed it in vain for as long")
    _ = a.live(4_000, peers: [(b, true, false), (c, true, true)], counter: &counter)
    #expect(a.hear(.unheardAsked(ticket: 8, [b, c])).contains(.giveWord(ticket: 8, [b])))
  }

  @Test func aWitnessBeginsToWatchWhomItIsAskedAbout() throws {
    let view = view(["a", "b", "c", "d", "e", "f", "g", "h"])
    var a = Dialogue()
    _ = a.hear(.started)
    _ = a.hear(.registerRead(view))
    let others = view.members.dropFirst().map(\.name)
    let h = try #require(others.last)
    _ = a.hear(.beatTaken(view.epoch, others.map { PeerBeat($0, counter: 1) }))
    var counter: UInt64 = 1
    let peers = others.map { (name: $0, beats: true, answers: $0 != h) }
    let quiet = a.live(20_000, peers: peers, counter: &counter)
    #expect(!a.machine.links.watches(h) && Self.question(quiet) == nil, "others watch it")
    #expect(a.hear(.unheardAsked(ticket: 1, [h])).contains(.giveWord(ticket: 1, [])))
    _ = a.live(9_000, peers: peers, counter: &counter)
    #expect(a.hear(.unheardAsked(ticket: 2, [h])).contains(.giveWord(ticket: 2, [h])))
  }

  @Test func aViewKnowsWhatAMajorityIs() throws {
    let view = view(["a", "b", "c", "d"])
    let d = view.members[3].name
    #expect(throws: ViewRefusal.notConfirmed("d")) { try view.burying([d], by: "a", confirmed: .majority(["b"])) }
    #expect(throws: ViewRefusal.notConfirmed("d")) { try view.burying([d], by: "a", confirmed: .majority(["b", "b"])) }
    #expect(throws: ViewRefusal.ownBurial("d")) { try view.burying([d], by: "a", confirmed: .majority(["b", "d"])) }
    #expect(try view.burying([d], by: "a", confirmed: .majority(["b", "c"])).burials == [d])
  }

  @Test func twoOfTwoAreNoMajorityAgainstEachOther() {
    let view = view(["a", "b"])
    #expect(throws: ViewRefusal.notConfirmed("b")) { try view.burying([view.members[1].name], by: "a", confirmed: .majority([])) }
  }
}
