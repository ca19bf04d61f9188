// The lease and the beats as dialogues: who says what when, and what holds afterwards.

import Testing

@testable import TroupeCluster

/// A moment, in milliseconds.
func at(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

@Suite struct LeaseTests {
  @Test func itRunsFromTheStartOfTheBeat() {
    var lease = Lease(length: .milliseconds(1_500))
    #expect(!lease.isValid(at: at(0)))
    lease.beatTaken(startedAt: at(1_000))  // answered at 1,600: that does not matter
    #expect(lease.isValid(at: at(2_499)))
    #expect(!lease.isValid(at: at(2_500)))
  }

  @Test func anAnswerOutOfOrderShortensNothing() {
    var lease = Lease(length: .milliseconds(1_500))
    lease.beatTaken(startedAt: at(1_300))
    lease.beatTaken(startedAt: at(1_000))
    #expect(lease.until == at(2_800))
  }

  @Test func itResumesAfterAGap() {
    var lease = Lease(length: .milliseconds(1_500))
    lease.beatTaken(startedAt: at(0))
    #expect(!lease.isValid(at: at(5_000)))
    lease.beatTaken(startedAt: at(5_100))
    #expect(lease.isValid(at: at(5_200)))
    lease.end()
    #expect(!lease.isValid(at: at(5_200)))
  }

  @Test func momentsStopAtTheEnds() {
    #expect(Moment.distantPast + .seconds(1) == .distantPast)
    #expect(Moment.distantFuture - .seconds(1) == .distantFuture)
    #expect(Moment(nanoseconds: .max - 5) + .seconds(1) == .distantFuture)
    #expect(at(5) - at(2) == .milliseconds(3))
    #expect(at(5) - .distantPast > .seconds(1_000_000))
  }
}

@Suite struct PeerBeatsTests {
  private let b = IncarnationName("b", 1)

  @Test func aBeatStandsStillAsFarAsItWasRead() {
    var beats = PeerBeats()
    beats.saw([PeerBeat(b, counter: 7)], readStarted: at(100), now: at(110))
    #expect(beats.stillness(b) == .zero)
    beats.saw([PeerBeat(b, counter: 7)], readStarted: at(400), now: at(410))
    #expect(beats.stillness(b) == .milliseconds(290))
    // The reader sleeps for ten seconds. It has seen nothing since, so nothing stood still for longer.
    #expect(beats.stillness(b) == .milliseconds(290))
    beats.saw([PeerBeat(b, counter: 8)], readStarted: at(10_000), now: at(10_010))
    #expect(beats.stillness(b) == .zero)
    #expect(beats.firstSeen(b) == at(10_010))
  }

  @Test func aCountThatFallsIsNotNew() {
    var beats = PeerBeats()
    beats.saw([PeerBeat(b, counter: 7)], readStarted: at(100), now: at(110))
    beats.saw([PeerBeat(b, counter: 6)], readStarted: at(400), now: at(410))
    #expect(beats.firstSeen(b) == at(110))
    #expect(beats.moves(b) == 0)
  }

  @Test func whoNeverBeatsStandsStillFromTheView() {
    var beats = PeerBeats()
    beats.watch([b], now: at(50))
    beats.saw([], readStarted: at(1_050), now: at(1_060))
    #expect(beats.stillness(b) == .seconds(1))
    #expect(!beats.hasBeaten(b))
    beats.watch([], now: at(1_060))
    #expect(beats.firstSeen(b) == nil)
  }

  /// Whoever reads seldom sees a beat late: it counts from when it cannot have been there yet.
  @Test func aPeerIsBelievedForALeaseAfterTheLastReadWithoutItsBeat() {
    var beats = PeerBeats()
    let lease = Duration.milliseconds(1_500)
    beats.watch([b], now: at(0))
    #expect(beats.believable(b, lease: lease) < at(0))
    beats.saw([PeerBeat(b, counter: 1)], readStarted: at(700), now: at(710))
    #expect(beats.believable(b, lease: lease) == at(1_600), "nobody knows how old the first one is: two beats at most, if it is well")
    beats.saw([PeerBeat(b, counter: 1)], readStarted: at(900), now: at(910))
    beats.saw([PeerBeat(b, counter: 1)], readStarted: at(800), now: at(920))
    #expect(beats.believable(b, lease: lease) == at(1_600))
    beats.saw([PeerBeat(b, counter: 2)], readStarted: at(1_200), now: at(1_210))
    #expect(beats.believable(b, lease: lease) == at(2_400))
    beats.saw([PeerBeat(b, counter: 2)], readStarted: at(1_500), now: at(1_510))
    beats.saw([PeerBeat(b, counter: 3)], readStarted: at(9_000), now: at(9_010))
    #expect(beats.believable(b, lease: lease) == at(3_000), "it may have been written long before it was read")
  }
}
