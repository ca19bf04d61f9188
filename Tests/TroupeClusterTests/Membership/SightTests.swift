// What a machine shows of itself: its lease, what moves, whom it suspects and for whom it waits.

import Testing

@testable import TroupeCluster

@Suite struct SightTests {
  private static let names = (b: IncarnationName("b", 1), c: IncarnationName("c", 1))

  private func now(_ dialogue: Dialogue) -> Moment { at(dialogue.time) }

  @Test func aMemberThatIsWellShowsItsLeaseAndBelievesTheOthers() {
    var (dialogue, view) = memberOfThree()
    var counter: UInt64 = 1
    _ = dialogue.live(4_000, peers: [(Self.names.b, true, true), (Self.names.c, true, true)], counter: &counter)
    let machine = dialogue.machine
    #expect(machine.leaseLeft(at: now(dialogue)) > .seconds(1) && machine.leaseLeft(at: now(dialogue)) <= .milliseconds(1_500))
    #expect(machine.leaseLeft(at: now(dialogue) + .seconds(5)) == .zero)
    #expect(machine.isSteady(at: now(dialogue)))
    #expect(machine.count(of: .serving) == view.shards(of: "a").count && machine.shards(in: .waiting).isEmpty)
    let standing = machine.standing(of: Self.names.b, at: now(dialogue))
    #expect(standing.lastBeat! < .milliseconds(400) && standing.believedFor > .seconds(1) && standing.missedProbes == 0)
    #expect(!standing.isDoubted && !standing.isFading && !standing.isSuspected)
  }

  @Test func aPeerThatStandsStillIsSuspectedAndNotBelievedAnyMore() {
    var (dialogue, _) = memberOfThree()
    var counter: UInt64 = 1
    _ = dialogue.live(4_000, peers: [(Self.names.b, true, true), (Self.names.c, true, true)], counter: &counter)
    // From here on its last count is an old one.
    _ = dialogue.live(2_000, peers: [(Self.names.b, false, false), (Self.names.c, true, true)], counter: &counter)
    let standing = dialogue.machine.standing(of: Self.names.b, at: now(dialogue))
    #expect(standing.lastBeat! > .milliseconds(1_500) && standing.believedFor == .zero)
    #expect(standing.isFading && standing.isSuspected && standing.missedProbes! >= 3)
    #expect(!dialogue.machine.standing(of: Self.names.c, at: now(dialogue)).isSuspected)
  }

  @Test func aDoubtedPeerIsDoubtedUntilItAnswers() {
    var (dialogue, _) = memberOfThree()
    _ = dialogue.hear(.peerDoubted(Self.names.c))
    #expect(dialogue.machine.standing(of: Self.names.c, at: now(dialogue)).isDoubted)
    _ = dialogue.hear(.probeAnswered(Self.names.c))
    #expect(!dialogue.machine.standing(of: Self.names.c, at: now(dialogue)).isDoubted)
  }

  @Test func aHandoffShowsHowFarItIs() throws {
    let old = view(["a"])
    let newcomer = try old.joining(member("b"))
    var dialogue = Dialogue()
    _ = dialogue.hear(.started)
    _ = dialogue.hear(.registerRead(old))
    _ = dialogue.hear(.beatTaken(old.epoch, []))
    for shard in old.shards(of: "a") { _ = dialogue.hear(.shardServed(shard), after: 0) }
    #expect(dialogue.machine.handoffs(at: now(dialogue)).isEmpty && dialogue.machine.toGive.isEmpty)
    _ = dialogue.hear(.epochHeard(newcomer.epoch))
    _ = dialogue.hear(.registerRead(newcomer))
    _ = dialogue.hear(.tick, after: 300)
    _ = dialogue.hear(.beatTaken(newcomer.epoch, [PeerBeat(Self.names.b, counter: 1)]))
    _ = dialogue.hear(.shardsWarmed(old.shards(of: "a"), "b"), after: 0)

    let sealing = dialogue.machine.handoffs(at: now(dialogue))
    #expect(sealing.map(\.to) == ["b"] && sealing.map(\.step) == [.sealing])
    let shards = try #require(sealing.first?.shards)
    #expect(shards == dialogue.machine.shards(in: .sealing) && !shards.isEmpty)
    #expect(shards.count + (dialogue.machine.toGive["b"] ?? 0) == 6, "half of them, at most eight at once")
    for shard in shards { _ = dialogue.hear(.shardSealed(shard), after: 0) }
    #expect(dialogue.machine.handoffs(at: now(dialogue)).map(\.step) == [.giving], "the change is out")
  }

  @Test func heirsShowForWhoseLeaseTheyWait() throws {
    var (dialogue, old) = memberOfThree()
    var counter: UInt64 = 1
    _ = dialogue.live(1_000, peers: [(Self.names.b, true, true), (Self.names.c, true, true)], counter: &counter)
    let next = try old.burying([Self.names.b], by: "c", confirmed: .by("a"))
    _ = dialogue.hear(.epochHeard(next.epoch))
    _ = dialogue.hear(.registerRead(next))
    let waits = dialogue.machine.leaseWaits(at: now(dialogue))
    #expect(waits.map(\.name) == [Self.names.b])
    #expect(waits[0].left.map { $0 > .zero && $0 <= .milliseconds(1_575) } ?? false)
    #expect(dialogue.machine.shards(in: .waiting).count == next.shards(of: "a").count - old.shards(of: "a").count)
    #expect(dialogue.machine.leaseWaits(at: now(dialogue) + .seconds(2)).isEmpty)
  }
}
