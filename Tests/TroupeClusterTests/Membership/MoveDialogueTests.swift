// Giving shards away, in conversation.

import Testing

@testable import TroupeCluster

@Suite struct MoveDialogueTests {
  /// "a" owns everything and serves it; "b" has joined and beats.
  private func giver() throws -> (Dialogue, View) {
    let alone = View.first(cluster: "test", shardCount: 12, member: member("a"))
    var a = Dialogue()
    _ = a.hear(.started)
    _ = a.hear(.registerRead(alone))
    _ = a.hear(.beatTaken(1, []))
    for shard in alone.shards(of: "a") { _ = a.hear(.shardServed(shard), after: 0) }
    let view = try alone.joining(member("b"))
    _ = a.hear(.epochHeard(2))
    _ = a.hear(.registerRead(view))
    return (a, view)
  }

  private func seal(_ effects: [MembershipEffect]) -> [ShardID: NodeID]? {
    for case .seal(let targets, _) in effects { return targets }
    return nil
  }

  private func warm(_ effects: [MembershipEffect]) -> [ShardID: NodeID]? {
    for case .warm(let targets) in effects { return targets }
    return nil
  }

  /// What it says when all that it wants read ahead has been, and what it wants read ahead for that.
  private func warmed(_ a: inout Dialogue, _ effects: [MembershipEffect]) -> [MembershipEffect] {
    var (said, open) = (effects, effects)
    while !open.isEmpty {
      guard case .warm(let targets) = open.removeFirst() else { continue }
      for target in Set(targets.values).sorted() {
        let heard = a.hear(.shardsWarmed(targets.keys.sorted().filter { targets[$0] == target }, target), after: 0)
        said += heard
        open += heard
      }
    }
    return said
  }

  /// The newcomer beats; six of twelve shards are sealed for it.
  private func sealed() throws -> (Dialogue, View, [ShardID]) {
    var (a, view) = try giver()
    _ = a.hear(.tick, after: 300)
    let said = a.hear(.beatTaken(2, [PeerBeat(view.members[1].name, counter: 1)]))
    let targets = try #require(seal(warmed(&a, said)))
    return (a, view, targets.keys.sorted())
  }

  @Test func nothingIsGivenToWhoHasNotBeaten() throws {
    var (a, _) = try giver()
    #expect(seal(a.hear(.tick, after: 100)) == nil)
  }

  @Test func whatIsQuietIsGivenAndDropped() throws {
    var (a, view, shards) = try sealed()
    #expect(shards.count == 6)
    var said: [MembershipEffect] = []
    for shard in shards { said += a.hear(.shardSealed(shard)) }
    let change = try #require(said.change)
    #expect(change.shards(of: "b") == shards)
    #expect(change.epoch == view.epoch.next)
    #expect(Set(shards.compactMap { change.transfers[$0] }).count == 1)
    let done = a.hear(.changeEnded(.stored))
    #expect(done.prefix(3) == [.tellEpoch(change.epoch), .viewChanged(change), .drop(shards, change.epoch)])
  }

  @Test func whatIsNotQuietInTimeGoesBackToWork() throws {
    var (a, _, shards) = try sealed()
    for shard in shards.dropLast() { #expect(a.hear(.shardSealed(shard)) == []) }
    let said = a.hear(.tick, after: 200)
    #expect(said.contains(.unseal([shards.last!])))
    #expect(said.change?.shards(of: "b") == Array(shards.dropLast()))
  }

  @Test func aLostRaceIsRunAgainOnTheNewView() throws {
    var (a, view, shards) = try sealed()
    for shard in shards { _ = a.hear(.shardSealed(shard)) }
    #expect(a.hear(.changeEnded(.lost(current: view.epoch.next))) == [.readRegister])
    let later = try view.setting(.weight("b", 1))
    let change = try #require(a.hear(.registerRead(later)).change)
    #expect(change.epoch == later.epoch.next && change.shards(of: "b") == shards)
  }

  @Test func afterAnUnknownOutcomeNothingIsServedUntilItIsDead() throws {
    var (a, view, shards) = try sealed()
    for shard in shards { _ = a.hear(.shardSealed(shard)) }
    #expect(a.hear(.changeEnded(.unknown)) == [.readRegister])
    // The register has not moved: the give may still come. A void settles it.
    let void = try #require(a.hear(.registerRead(view)).change)
    #expect(void == view.voiding())
    #expect(shards.allSatisfy { a.machine.phase(of: $0) == .sealed })
    // The void won, so the give is dead, and is made anew.
    let again = try #require(a.hear(.changeEnded(.stored)).change)
    #expect(again.epoch == void.epoch.next && again.shards(of: "b") == shards)
  }

  /// The store refuses the void, and nobody else moves the register: without another one the shards would stay sealed for ever.
  @Test func aVoidThatFailsIsTriedAgain() throws {
    var (a, view, shards) = try sealed()
    for shard in shards { _ = a.hear(.shardSealed(shard)) }
    _ = a.hear(.changeEnded(.unknown))
    _ = a.hear(.registerRead(view))
    #expect(a.hear(.changeEnded(.failed)).change == nil, "not at once")
    var again: View?
    for _ in 0..<100 where again == nil { again = a.hear(.tick, after: 10).change }
    #expect(again == view.voiding())
  }

  /// However long nobody knows: patience is for changes that are known not to have happened.
  @Test func whatMayHaveBeenGivenStaysSealed() throws {
    var (a, _, shards) = try sealed()
    for shard in shards { _ = a.hear(.shardSealed(shard)) }
    var said = a.hear(.changeEnded(.unknown))
    for _ in 0..<20 {
      said += a.hear(.registerReadFailed, after: 100)
      said += a.hear(.beatTaken(2, []), after: 100)
    }
    #expect(said.contains { if case .leaseRenewed = $0 { true } else { false } })
    #expect(!said.contains { if case .unseal = $0 { true } else { false } })
    #expect(shards.allSatisfy { a.machine.phase(of: $0) == .sealed })
  }

  @Test func aShardInDoubtIsNotTakenBackWhileItsGiveIsOut() throws {
    var (a, view, shards) = try sealed()
    for shard in shards { _ = a.hear(.shardSealed(shard)) }
    #expect(a.hear(.shardLost(shards[0])) == [.readRegister])
    #expect(a.hear(.registerRead(view)).taken == [])
    // The give lost its race, so the shard is this node's, and is loaded anew.
    _ = a.hear(.changeEnded(.lost(current: 3)))
    #expect(a.hear(.registerRead(try view.setting(.weight("b", 1)))).taken == [shards[0]])
  }

  @Test func aGiveThatHappenedAfterAllIsSeen() throws {
    var (a, view, shards) = try sealed()
    var said: [MembershipEffect] = []
    for shard in shards { said += a.hear(.shardSealed(shard)) }
    let given = try #require(said.change)
    _ = a.hear(.changeEnded(.unknown))
    _ = a.hear(.registerRead(view))
    // The void loses: the give had taken effect.
    #expect(a.hear(.changeEnded(.lost(current: given.epoch))).contains(.readRegister))
    #expect(a.hear(.registerRead(given)).contains(.drop(shards, given.epoch)))
  }

  @Test func withoutALeaseNothingIsGiven() throws {
    var (a, _, shards) = try sealed()
    for shard in shards.dropLast() { _ = a.hear(.shardSealed(shard)) }
    _ = a.hear(.tick, after: 2_000)
    #expect(a.hear(.shardSealed(shards.last!)).change == nil)
  }

  @Test func onlyEightAreSealedAtOnce() throws {
    let view = try View.first(cluster: "test", shardCount: 100, member: member("a")).joining(member("b"))
    var a = Dialogue()
    _ = a.hear(.started)
    _ = a.hear(.registerRead(view))
    _ = a.hear(.beatTaken(2, [PeerBeat(view.members[1].name, counter: 1)]))
    var said: [MembershipEffect] = []
    for index in 0..<100 { said += a.hear(.shardServed(ShardID(index)), after: 0) }
    said = warmed(&a, said)
    var moved = 0
    while let targets = seal(said) {
      #expect(targets.count <= MembershipTimes.sealedAtOnce)
      moved += targets.count
      said = targets.keys.sorted().flatMap { a.hear(.shardSealed($0), after: 0) }
      #expect(said.change != nil)
      // The next ones have been read ahead meanwhile, and are sealed in the same breath.
      _ = warmed(&a, said)
      said = warmed(&a, a.hear(.changeEnded(.stored), after: 0))
    }
    #expect(moved == 50)
  }

  @Test func whatIsReadAheadIsSealedWhenItHasBeen() throws {
    var (a, view) = try giver()
    _ = a.hear(.tick, after: 300)
    let said = a.hear(.beatTaken(2, [PeerBeat(view.members[1].name, counter: 1)]))
    let shards = try #require(warm(said)).keys.sorted()
    #expect(shards.count == 6 && seal(said) == nil)
    #expect(seal(a.hear(.tick, after: 50)) == nil)
    #expect(seal(a.hear(.shardsWarmed(shards, "c"))) == nil, "somebody else's word")
    #expect(seal(a.hear(.shardsWarmed(Array(shards.prefix(2)), "b")))?.keys.sorted() == Array(shards.prefix(2)))
  }

  /// And for a while nobody waits for it again.
  @Test func whoDoesNotReadAheadGetsThemAllTheSame() throws {
    var (a, view) = try giver()
    _ = a.hear(.tick, after: 300)
    let said = a.hear(.beatTaken(2, [PeerBeat(view.members[1].name, counter: 1)]))
    let shards = try #require(warm(said)).keys.sorted()
    let late = a.hear(.tick, after: 300)
    #expect(seal(late)?.keys.sorted() == shards)
    _ = a.hear(.beatTaken(2, [PeerBeat(view.members[1].name, counter: 2)]))
    // None is quiet in time; they cool down, and are sealed without being read again.
    var more = a.hear(.tick, after: 200)
    #expect(more.contains(.unseal(shards)))
    for counter in 3...20 where seal(more) == nil {
      _ = a.hear(.probeAnswered(view.members[1].name), after: 0)
      more = a.hear(.beatTaken(2, [PeerBeat(view.members[1].name, counter: UInt64(counter))]), after: 150)
      #expect(warm(more) == nil)
    }
    #expect(seal(more) != nil)
  }

  /// It beats, and its probes stay unanswered: it would be given what nobody could call.
  @Test(arguments: [true, false]) func whoDoesNotAnswerIsGivenNothing(othersAnswer: Bool) throws {
    let view = try View.first(cluster: "test", shardCount: 12, member: member("a")).joining(member("b")).joining(member("c"))
    let names = view.members.dropFirst().map(\.name)
    var a = Dialogue()
    _ = a.hear(.started)
    _ = a.hear(.registerRead(view))
    var targets: Set<NodeID> = []
    for counter in 1...40 {
      let said = a.hear(.beatTaken(view.epoch, names.map { PeerBeat($0, counter: UInt64(counter)) }), after: 150)
      // It serves its shards when it has been silent for long.
      if counter == 20 { for shard in view.shards(of: "a") { _ = a.hear(.shardServed(shard), after: 0) } }
      if othersAnswer { _ = a.hear(.probeAnswered(names[1]), after: 0) }
      targets.formUnion((warm(said) ?? [:]).values)
      targets.formUnion((seal(said) ?? [:]).values)
    }
    // Where nobody answers, the fault is more likely its own, and does not keep it from giving away what it has.
    #expect(targets == (othersAnswer ? ["c"] : ["b", "c"]))
  }

  @Test func theHottestMoveLastAndLeaveFirst() throws {
    for isGoing in [false, true] {
      let view = try View.first(cluster: "test", shardCount: 100, member: member("a")).joining(member("b"))
      var a = Dialogue()
      _ = a.hear(.started)
      _ = a.hear(.heatMeasured(Dictionary(uniqueKeysWithValues: (0..<100).map { (ShardID($0), UInt64($0 * 37 % 100)) })))
      _ = a.hear(.registerRead(isGoing ? try view.setting(.drain("a")) : view))
      _ = a.hear(.beatTaken(isGoing ? 3 : 2, [PeerBeat(view.members[1].name, counter: 1)]))
      var said: [MembershipEffect] = []
      for index in 0..<100 { said += a.hear(.shardServed(ShardID(index)), after: 0) }
      let wanted = isGoing ? (0..<100).map { ShardID($0) } : Placement.misplaced(of: "a", in: view).map(\.shard)
      let heats = wanted.map { $0.index * 37 % 100 }.sorted()
      // As they were served, so they were announced; what is sealed first is what had been.
      _ = warmed(&a, said)
      var moved: [Int] = []
      while let batch = a.machine.batch {
        moved += batch.shards.map { $0.index * 37 % 100 }
        said = batch.shards.flatMap { a.hear(.shardSealed($0), after: 0) }
        _ = warmed(&a, said)
        said = a.hear(.changeEnded(.stored), after: 0)
        _ = warmed(&a, said)
      }
      let (first, last) = (moved.dropFirst(16).first ?? 0, moved.last ?? 0)
      #expect(moved.sorted() == heats)
      #expect(isGoing ? first > last : first < last, "\(moved)")
    }
  }

  @Test func aDrainedNodeLeavesWhenItsHandsAreEmpty() throws {
    var (a, view, shards) = try sealed()
    var said = a.hear(.leaveRequested)
    #expect(said.change == (try? view.setting(.drain("a"))))
    said = a.hear(.changeEnded(.stored))
    for _ in 0..<20 where said.change == nil {
      said = warmed(&a, said)
      if let targets = seal(said) { shards = targets.keys.sorted() }
      said = shards.flatMap { a.hear(.shardSealed($0), after: 0) }
      shards = []
      if said.change != nil { said = a.hear(.changeEnded(.stored)) }
    }
    #expect(a.machine.view?.shards(of: "a") == [])
    #expect(said.change?.members.map(\.id) == ["b"])
    #expect(a.hear(.changeEnded(.stored)).last == .stop(.left))
  }

  /// The view has no such pin; but one is out, and may come yet. Whoever takes it out hears of it when that is known.
  @Test func whatMayYetComeIsNotTakenOutBeforeItHas() throws {
    var (a, view) = memberOfThree()
    let pin = Setting.pin(3, "b")
    #expect(a.hear(.settingRequested(ticket: 1, pin)).change == (try? view.setting(pin)))
    #expect(a.hear(.settingRequested(ticket: 2, .release(3, "b"))) == [])
    let stored = a.hear(.changeEnded(.stored))
    #expect(stored.contains(.settingEnded(ticket: 1, .done)))
    let pinned = try #require(a.machine.view)
    #expect(pinned.pins[3] == "b" && stored.change == (try? pinned.setting(.release(3, "b"))))
    #expect(a.hear(.changeEnded(.stored)).contains(.settingEnded(ticket: 2, .done)))
    #expect(a.machine.view?.pins[3] == nil)
  }

  @Test func anOperatorsWishIsAnswered() throws {
    var (a, view) = memberOfThree()
    #expect(a.hear(.settingRequested(ticket: 8, .weight("x", 2))) == [.settingEnded(ticket: 8, .refused(.notMember("x")))])
    let said = a.hear(.settingRequested(ticket: 9, .drain("b")))
    #expect(said.change == (try? view.setting(.drain("b"))))
    #expect(a.hear(.changeEnded(.stored)).contains(.settingEnded(ticket: 9, .done)))
    #expect(a.hear(.settingRequested(ticket: 10, .drain("b"))) == [.settingEnded(ticket: 10, .done)])
  }
}
