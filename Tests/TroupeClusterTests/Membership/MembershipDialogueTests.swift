// The machine in conversation: each test reads as who says what, and what follows.

import Testing

@testable import TroupeCluster

@Suite struct MembershipDialogueTests {
  // MARK: Starting

  @Test func theFirstNodeMakesTheCluster() {
    var a = Dialogue()
    #expect(a.hear(.started) == [.readRegister])
    let first = View.first(cluster: "test", shardCount: 12, member: member("a"))
    #expect(a.hear(.registerRead(nil)) == [.createCluster(first)])
    // Stored: it is a member, but serves only once it has beaten.
    let joined = a.hear(.changeEnded(.stored))
    #expect(joined == [.tellEpoch(1), .viewChanged(first), .joined, .beat(counter: 1)])
    let served = a.hear(.beatTaken(1, []), after: 40)
    #expect(served.contains(.leaseRenewed(until: at(a.time - 40 + 1_500))))
    #expect(served.taken.count == 12)
  }

  @Test func twoNodesRaceToBeFirst() {
    var b = Dialogue("b")
    _ = b.hear(.started)
    _ = b.hear(.registerRead(nil))
    #expect(b.hear(.changeEnded(.lost(current: 1))) == [.readRegister])
    let view = View.first(cluster: "test", shardCount: 12, member: member("a"))
    let said = b.hear(.registerRead(view))
    #expect(said.contains(.greet([member("a")])) && said.contains(.readBeats))
    // It has met everybody who beats: now it joins.
    #expect(b.hear(.greeted(view.members[0].name)).change == (try? view.joining(member("b"))))
  }

  @Test func aNewcomerDoesNotWaitForTheDead() {
    let view = view(["b", "c"])
    var a = Dialogue()
    var counter: UInt64 = 0
    _ = a.hear(.started)
    _ = a.hear(.registerRead(view))
    _ = a.hear(.beatsRead(view.epoch, [PeerBeat(view.members[0].name, counter: 1), PeerBeat(view.members[1].name, counter: 1)]))
    _ = a.hear(.greeted(view.members[0].name))
    let early = a.live(600, peers: [(view.members[0].name, true, true), (view.members[1].name, false, false)], counter: &counter)
    #expect(early.change == nil)
    let later = a.live(900, peers: [(view.members[0].name, true, true), (view.members[1].name, false, false)], counter: &counter)
    #expect(later.change == (try? view.joining(member("a"))))
  }

  @Test func aRestartedNodeWaitsUntilItsOldSelfIsCold() {
    let old = View.first(cluster: "test", shardCount: 12, member: member("a", 1))
    var a = Dialogue("a", 2)
    var counter: UInt64 = 0
    _ = a.hear(.started)
    _ = a.hear(.registerRead(old))
    _ = a.hear(.beatsRead(1, [PeerBeat(old.members[0].name, counter: 1)]))
    #expect(a.live(1_400, peers: [(old.members[0].name, false, false)], counter: &counter).change == nil)
    let change = a.live(500, peers: [(old.members[0].name, false, false)], counter: &counter).change
    #expect(change == (try? old.joining(member("a", 2), burying: 1)))
  }

  @Test func aRestartedNodeWhoseOldSelfIsGoneForCertainWaitsForNothing() throws {
    let old = View.first(cluster: "test", shardCount: 12, member: member("a", 1))
    var a = Dialogue("a", 2, ended: [1])
    _ = a.hear(.started)
    let joins = a.hear(.registerRead(old))
    let joined = try #require(joins.change)
    #expect(joined == (try? old.joining(member("a", 2), burying: 1)) && joined.burials.count == 1)
    _ = a.hear(.changeEnded(.stored))
    #expect(a.hear(.beatTaken(2, []), after: 1).taken.count == 12, "nobody's lease runs any more")
  }

  /// Proof of its own end says nothing about others.
  @Test func theLeasesOfOthersRunOutAllTheSame() throws {
    let three = view(["a", "b", "c"])
    let dead = three.members[1].name
    let buried = try three.burying([dead], by: "c", confirmed: .by("a"))
    let old = try #require(buried.member("a")).incarnation
    var a = Dialogue("a", 9, ended: [old, dead.incarnation])
    _ = a.hear(.started)
    let said = a.hear(.registerRead(buried))
    #expect(said.change == nil && said.contains { if case .greet = $0 { true } else { false } })
    let joined = try #require(a.hear(.greeted(buried.members[1].name)).change)
    #expect(joined.burials.contains(dead))
    _ = a.hear(.changeEnded(.stored))
    #expect(a.hear(.beatTaken(joined.epoch, []), after: 1).taken.isEmpty, "b may still serve what is a's now")
  }

  @Test func aClusterOfAnotherNameIsNotOurs() {
    let other = View.first(cluster: "other", shardCount: 12, member: member("x"))
    var a = Dialogue()
    _ = a.hear(.started)
    #expect(a.hear(.registerRead(other)).last == .stop(.refused(.wrongCluster("other"))))
    #expect(a.hear(.tick, after: 5_000) == [])
  }

  // MARK: Lease and register

  @Test func withoutAnswersTheLeaseRunsOutAndComesBack() {
    var (a, view) = memberOfThree()
    let lost = (0..<40).flatMap { _ in a.hear(.tick, after: 50) }
    #expect(lost.contains(.leaseLost))
    #expect(!a.machine.answersProbes(at: at(a.time)))
    // The beat that was out failed; the next is taken. Nothing was dropped meanwhile.
    _ = a.hear(.beatFailed)
    let back = a.hear(.beatTaken(view.epoch, []))
    #expect(back.contains { if case .leaseRenewed = $0 { true } else { false } })
    #expect(!lost.contains { if case .drop = $0 { true } else { false } })
  }

  @Test func aRefusedBeatSendsItToTheRegister() throws {
    var (a, view) = memberOfThree()
    _ = a.hear(.tick, after: 400)
    let buried = try view.burying([view.members[0].name], by: "b", confirmed: .by("c"))
    #expect(a.hear(.beatRefused(buried.epoch)).contains(.readRegister))
    let end = a.hear(.registerRead(buried))
    #expect(end.contains(.leaseLost))
    #expect(end.contains(.drop(view.shards(of: "a"), buried.epoch)))
    #expect(end.last == .stop(.buried))
  }

  @Test func aRegisterThatGoesBackwardsStopsTheNode() {
    var (a, view) = memberOfThree()
    _ = a.hear(.epochHeard(view.epoch.next))
    let older = View.first(cluster: "test", shardCount: 12, member: member("a"))
    #expect(a.hear(.registerRead(older)).last == .stop(.registerWentBackwards(from: view.epoch, to: 1)))
  }

  @Test func aHintThatWasWrongIsForgotten() {
    var (a, view) = memberOfThree()
    #expect(a.hear(.epochHeard(Epoch(99))).contains(.readRegister))
    #expect(!a.hear(.registerRead(view)).contains(.readRegister))
  }

  // MARK: Burying

  @Test func aDeadPeerIsBuriedOnAnothersWord() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    #expect(a.live(4_000, peers: [(b, true, true), (c, true, true)], counter: &counter).change == nil)
    // b falls silent; c is asked, and says so too.
    var said: [MembershipEffect] = []
    let death = a.time
    while !said.contains(where: { if case .askWord = $0 { true } else { false } }) {
      try #require(a.time < death + 2_000)
      said += a.live(10, peers: [(b, false, false), (c, true, true)], counter: &counter)
    }
    #expect(said.change == nil)
    said = a.hear(.wordGiven(by: c, round: 1, [b]))
    while said.change == nil, a.time < death + 2_000 { said += a.live(10, peers: [(b, false, false), (c, true, true)], counter: &counter) }
    let change = try #require(said.change)
    #expect(change == (try? view.burying([b], by: "a", confirmed: .by("c"))))
    #expect(a.time - death < 1_600)
  }

  @Test func withoutAWordNobodyIsBuried() {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    _ = a.live(4_000, peers: [(b, true, true), (c, true, true)], counter: &counter)
    #expect(a.live(5_000, peers: [(b, false, false), (c, true, true)], counter: &counter).change == nil)
  }

  @Test func whereNobodyElseBeatsNoWordIsNeeded() {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    _ = a.live(4_000, peers: [(b, true, true), (c, true, true)], counter: &counter)
    let change = a.live(2_000, peers: [(b, false, false), (c, false, false)], counter: &counter).change
    #expect(change == (try? view.burying([b, c], by: "a", confirmed: .nobodyElseBeats)))
  }

  @Test func whoAnswersProbesIsNotBuried() {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    #expect(a.live(8_000, peers: [(b, false, true), (c, true, true)], counter: &counter).change == nil)
    #expect(a.live(8_000, peers: [(b, true, false), (c, true, true)], counter: &counter).change == nil)
  }

  // MARK: An open breaker

  @Test func aDoubtedPeerIsProbedAtOnceAndNotBuriedForIt() {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    _ = a.live(4_000, peers: [(b, true, true), (c, true, true)], counter: &counter)
    for _ in 0..<20 {
      #expect(a.hear(.peerDoubted(b)).contains(.probe([view.members[1]])))
      // It answers no probe either, but its beat moves: a broken way to it is no death.
      let said = a.live(400, peers: [(b, true, false), (c, true, true)], counter: &counter)
      #expect(said.change == nil)
      #expect(!said.contains { if case .askWord = $0 { true } else { false } })
    }
  }

  /// Of twenty members each is watched by five. The breaker of a sixth opens: it watches too, asks for a word, and buries nobody
  /// without one.
  @Test func whoeverDoubtsWatchesAndStillNeedsAnothersWord() {
    func asks(doubting: Bool) -> Bool {
      let view = view((10..<30).map { NodeID("n\($0)") }, shards: 40)
      let dead = view.members[10].name
      var a = Dialogue("n10")
      _ = a.hear(.started)
      _ = a.hear(.registerRead(view))
      _ = a.hear(.beatTaken(view.epoch, []))
      var counter: UInt64 = 1
      func peers(_ dies: Bool) -> [(name: IncarnationName, beats: Bool, answers: Bool)] {
        view.members.dropFirst().map { ($0.name, !(dies && $0.name == dead), !(dies && $0.name == dead)) }
      }
      _ = a.live(4_000, peers: peers(false), counter: &counter)
      var said = a.live(300, peers: peers(true), counter: &counter)
      if doubting { said += a.hear(.peerDoubted(dead)) }
      said += a.live(4_000, peers: peers(true), counter: &counter)
      #expect(said.change == nil, "nobody confirms")
      return said.contains { if case .askWord(_, [dead], _) = $0 { true } else { false } }
    }
    #expect(asks(doubting: true))
    #expect(!asks(doubting: false))
  }

  @Test func whoeverIsNoMemberIsNotDoubted() {
    var (a, view) = memberOfThree()
    #expect(a.hear(.peerDoubted(IncarnationName("b", 77)), after: 0) == [])
    #expect(a.hear(.peerDoubted(view.members[0].name), after: 0) == [], "nor is it itself")
  }

  @Test func whoWasAwayItselfGivesNoWord() {
    var (a, view) = memberOfThree()
    #expect(a.hear(.wordAsked(ticket: 5, [view.members[1].name])) == [.giveWord(ticket: 5, [])])
  }

  @Test func aWordIsGivenWhenTheSuspectDoesNotAnswerHereEither() {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    var counter: UInt64 = 1
    _ = a.live(4_000, peers: [(b, true, true), (c, true, true)], counter: &counter)
    _ = a.live(1_200, peers: [(b, false, false), (c, true, true)], counter: &counter)
    #expect(a.hear(.wordAsked(ticket: 5, [b])).contains(.probe([view.members[1]])))
    #expect(a.live(400, peers: [(b, false, false), (c, true, true)], counter: &counter).contains(.giveWord(ticket: 5, [b])))
    // Asked again, the suspect answers at the last moment.
    _ = a.hear(.wordAsked(ticket: 6, [b]))
    #expect(a.hear(.probeAnswered(b)).contains(.giveWord(ticket: 6, [])))
  }

  // MARK: Taking over

  @Test func theHeirWaitsForTheLastBeat() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    _ = a.hear(.tick, after: 300)
    _ = a.hear(.beatTaken(view.epoch, [PeerBeat(b, counter: 9), PeerBeat(c, counter: 9)]))
    let lastSeen = a.time
    let buried = try view.burying([b], by: "c", confirmed: .by("a"))
    let inherited = Set(buried.shards(of: "a")).subtracting(view.shards(of: "a"))
    _ = a.hear(.tick, after: 900)
    _ = a.hear(.beatTaken(view.epoch, [PeerBeat(b, counter: 9), PeerBeat(c, counter: 10)]))
    _ = a.hear(.epochHeard(buried.epoch))
    // The burial is known: the last count is read at once.
    #expect(a.hear(.registerRead(buried)).contains { if case .beat = $0 { true } else { false } })
    #expect(a.hear(.beatTaken(buried.epoch, [PeerBeat(b, counter: 9), PeerBeat(c, counter: 11)])).taken == [])
    #expect(a.hear(.tick, after: lastSeen + 1_574 - a.time).taken == [])
    #expect(Set(a.hear(.tick, after: 1).taken) == inherited)
  }

  @Test func aLastBeatThatNobodySawIsWaitedForToo() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    _ = a.hear(.tick, after: 300)
    _ = a.hear(.beatTaken(view.epoch, [PeerBeat(b, counter: 9), PeerBeat(c, counter: 9)]))
    _ = a.hear(.tick, after: 900)
    _ = a.hear(.beatTaken(view.epoch, [PeerBeat(b, counter: 9), PeerBeat(c, counter: 10)]))
    let buried = try view.burying([b], by: "c", confirmed: .by("a"))
    _ = a.hear(.epochHeard(buried.epoch))
    _ = a.hear(.registerRead(buried))
    let seenAt = a.time
    // It woke up and beat once more, just before the burial.
    #expect(a.hear(.beatTaken(buried.epoch, [PeerBeat(b, counter: 10), PeerBeat(c, counter: 11)])).taken == [])
    var counter: UInt64 = 20
    #expect(a.live(seenAt + 1_550 - a.time, peers: [(b, false, false), (c, true, true)], counter: &counter).taken == [])
    #expect(!a.live(40, peers: [(b, false, false), (c, true, true)], counter: &counter).taken.isEmpty)
  }

  /// A read of beats from before the burial does not show the last one.
  @Test func aCountThatWasReadBeforeTheBurialIsNotTheLast() throws {
    var (a, view) = memberOfThree()
    let (b, c) = (view.members[1].name, view.members[2].name)
    _ = a.hear(.tick, after: 300)
    let old = [PeerBeat(b, counter: 9), PeerBeat(c, counter: 9)]
    _ = a.hear(.beatTaken(view.epoch, old))
    // This beat is on its way while b beats once more and is buried.
    #expect(a.hear(.tick, after: 300).contains { if case .beat = $0 { true } else { false } })
    let buried = try view.burying([b], by: "c", confirmed: .by("a"))
    _ = a.hear(.epochHeard(buried.epoch))
    _ = a.hear(.registerRead(buried))
    let seenAt = a.time
    _ = a.hear(.beatTaken(view.epoch, old))
    #expect(a.hear(.beatTaken(buried.epoch, [PeerBeat(b, counter: 10), PeerBeat(c, counter: 11)])).taken == [])
    var counter: UInt64 = 20
    #expect(a.live(seenAt + 1_550 - a.time, peers: [(b, false, false), (c, true, true)], counter: &counter).taken == [])
  }

  @Test func whatComesSealedIsTakenAtOnce() throws {
    var (a, view) = memberOfThree()
    let shard = view.shards(of: "b")[0]
    let given = try view.giving([shard: "a"], from: "b", transfer: 4)
    _ = a.hear(.epochHeard(given.epoch))
    #expect(a.hear(.registerRead(given)).taken == [shard])
  }

  @Test func aShardWhoseFenceWasRaisedIsReloadedOnlyAfterALook() {
    var (a, view) = memberOfThree()
    let shard = view.shards(of: "a")[0]
    #expect(a.hear(.shardLost(shard)) == [.readRegister])
    #expect(a.hear(.registerRead(view)).taken == [shard])
  }
}
