// What the end of a try says, and whose breaker hears it: peers come, live again and go, and late calls are nobody's.
import Testing
import TroupeNet
import TroupeTesting
import TroupeTransport

@testable import Troupe

@Suite struct CallLanesTests {
  /// Two peers that nobody dials, and the lanes to them.
  final class Ground {
    let world = SimulatedWorld()
    let peers: Peers
    var lanes = CallLanes(BreakerSettings())
    var time: Int64 = 0

    init() {
      let loop = world.makeLoop(host: "here")
      peers = Peers(
        loop: loop, local: HelloInfo(cluster: "test", name: "here", role: .gateway, incarnation: 1, loopCount: 1), security: nil,
        delegate: Nobody())
    }

    var now: Instant { Instant(nanoseconds: 1_000_000_000_000 + time * 1_000_000) }

    func peer(_ name: String) -> Peer { peers.peer(name) ?? peers.set(name, addresses: [SocketAddress(host: name, port: 1)]) }

    func lane(_ name: String, _ kind: UInt32) -> Int { lanes.lane(to: peer(name), incarnation: 1, kind: kind, now: now) }

    /// Nil when it is refused.
    func call(_ name: String, _ kind: UInt32) -> CallPass? {
      let lane = lane(name, kind)
      return lanes.isGuarded(lane) ? lanes.admit(lane, at: now).pass : lanes.pass(lane, at: now)
    }

    func end(_ testimony: Testimony, _ pass: CallPass?, after milliseconds: Int64 = 100) -> Bool {
      time += milliseconds
      guard let pass else { return false }
      return lanes.heard(testimony, pass, now: now, random: 0) != nil
    }

    func lives(_ name: String, as incarnation: UInt64) -> Bool { lanes.lives(peer(name), as: incarnation, now: now) }

    /// Five failures; whether the last of them opened something.
    func fail(_ testimony: Testimony, _ name: String, _ kind: UInt32) -> Bool {
      (0..<5).map { _ in end(testimony, call(name, kind)) } == [false, false, false, false, true]
    }
  }

  final class Nobody: LinkDelegate {
    func link(_ link: Link, received call: borrowing IncomingCall) {}
    func link(_ link: Link, asked request: UInt32, _ topic: AskTopic, _ payload: RawSpan) {}
    func linkClosed(_ link: Link, _ reason: CloseReason) {}
    func linkMayFlush(_ link: Link) -> Bool { true }
  }

  @Test func aPeersFailuresCloseAllItsLanesAndNoOthers() {
    let it = Ground()
    _ = it.call("n1", 8)
    #expect(it.fail(.peerFailed, "n1", 7))
    #expect(it.call("n1", 7) == nil && it.call("n1", 8) == nil && it.call("n1", 9) == nil)
    #expect(it.call("n2", 7) != nil)
  }

  @Test func aKindsFailuresAreItsOwn() {
    let it = Ground()
    #expect(it.fail(.kindFailed, "n1", 7))
    #expect(it.call("n1", 7) == nil)
    #expect(it.call("n1", 8) != nil && it.call("n2", 7) != nil)
  }

  @Test func anAnswerOnAnotherLaneSpeaksForThePeer() {
    let it = Ground()
    for _ in 0..<20 {
      for _ in 0..<4 { #expect(!it.end(.peerFailed, it.call("n1", 7))) }
      for _ in 0..<9 { it.lanes.answered(it.call("n1", 8)!) }
    }
  }

  @Test func theProbeOpensTheWayForAll() {
    let it = Ground()
    #expect(it.fail(.peerFailed, "n1", 7))
    it.time += 1_000
    let probe = it.call("n1", 8)
    #expect(probe?.isProbe == true && it.call("n1", 7) == nil)
    #expect(!it.end(.answered, probe))
    #expect(it.call("n1", 7)?.isProbe == false)
  }

  @Test func aTimeoutOfAPeerThatLivesIsGoodNewsOfThePeer() {
    let it = Ground()
    #expect(it.fail(.peerFailed, "n1", 7))
    it.time += 1_000
    #expect(!it.end(.kindFailed, it.call("n1", 7)))
    #expect(it.call("n1", 8)?.isProbe == false)
  }

  @Test func aNewIncarnationBeginsWithClosedBreakers() {
    let it = Ground()
    let late = it.call("n1", 7)
    #expect(it.fail(.peerFailed, "n1", 7))
    #expect(!it.lives("n1", as: 1))
    #expect(it.call("n1", 7) == nil, "the same one is no better for being seen")
    #expect(it.lives("n1", as: 2))
    #expect(it.call("n1", 7) != nil)
    for _ in 0..<10 { #expect(!it.end(.peerFailed, late), "that was about the other") }
  }

  @Test func whoeverTakesAPlaceOverIsNotHeldToWhatWasBefore() {
    let it = Ground()
    let late = it.call("n1", 7)!
    it.lanes.answered(late)
    it.lanes.remove(it.peer("n1"))
    #expect(it.lane("n2", 9) == Int(late.lane), "the place is used again")
    it.lanes.answered(late)
    for _ in 0..<10 { #expect(!it.end(.peerFailed, late)) }
    #expect(it.lanes.answers(of: 9) == 0)
    #expect(it.lanes.answers(of: 7) == 1, "what was counted stays counted")
    #expect(it.peer("n1").lane(of: 7) < 0)
  }

  @Test func madeUpKindsShareALane() {
    let it = Ground()
    let lanes = Set((1...10_000).map { it.lane("n1", UInt32($0)) })
    #expect(lanes.count == CallLanes.kindsAPeer + 1)
    #expect(it.lane("n1", 1) != it.lane("n1", 9_000))
  }

  @Test func withoutSettingsNothingOpens() {
    let it = Ground()
    it.lanes = CallLanes(nil)
    for testimony in [Testimony.peerFailed, .kindFailed] {
      for _ in 0..<100 { #expect(!it.end(testimony, it.call("n1", 7))) }
    }
  }
}

@Suite struct TestimonyTests {
  private func of(_ status: ReplyStatus, waited: Duration = .seconds(1), isHeard: Bool = true, isLinked: Bool = true) -> Testimony {
    Testimony(of: status, waited: waited, shortestWait: .milliseconds(50), isHeard: isHeard, isLinked: isLinked)
  }

  @Test func whateverThePeerSaysProvesThatItLives() {
    let answers: [ReplyStatus] = [
      .value, .failure, .fault, .moved, .notServing, .unknownKind, .unknownMethod, .badArguments, .callCycle, .refused, .keyReused,
      .replyTooLarge,
    ]
    for status in answers { #expect(of(status, isHeard: false, isLinked: false) == .answered, "\(status)") }
  }

  @Test func silenceIsThePeersAndSlownessTheKinds() {
    #expect(of(.connectionLost) == .peerFailed && of(.neverSent) == .peerFailed)
    #expect(of(.timedOut, isHeard: false) == .peerFailed)
    #expect(of(.timedOut) == .kindFailed)
    #expect(of(.deadlineExceeded, isLinked: false) == .peerFailed)
    #expect(of(.deadlineExceeded) == .nothing)
  }

  @Test func aHurryAQueueAndAnUnknownOutcomeSayNothing() {
    for isHeard in [true, false] {
      #expect(of(.timedOut, waited: .milliseconds(49), isHeard: isHeard) == .nothing)
      for status in [ReplyStatus.overloaded, .unknown, .tooLarge, .breakerOpen] { #expect(of(status, isHeard: isHeard) == .nothing) }
    }
    #expect(of(.deadlineExceeded, waited: .milliseconds(10), isLinked: false) == .nothing)
  }
}
