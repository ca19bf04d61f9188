// A breaker in conversation: what it hears at which millisecond, and whom it lets pass.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Breaker")
struct BreakerTests {
  /// A breaker, its clock, and the answers that its owner counts.
  struct Dialogue {
    var breaker: Breaker
    var answers: UInt64 = 0
    var time: Int64 = 10_000
    var random: UInt64 = .max

    init(_ settings: BreakerSettings = BreakerSettings()) { breaker = Breaker(settings, now: Self.at(10_000)) }

    static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
    var now: Instant { Self.at(time) }

    /// A call comes after so long; nil when it is refused.
    mutating func call(after milliseconds: Int64 = 0) -> Breaker.Pass? {
      time += milliseconds
      return breaker.refusal(at: now) == nil ? breaker.pass(at: now) : nil
    }

    mutating func fails(_ pass: Breaker.Pass?, after milliseconds: Int64 = 0) {
      time += milliseconds
      if let pass { breaker.failed(pass.era, answers: answers, now: now, random: random) }
    }

    mutating func isAnswered(_ pass: Breaker.Pass?, after milliseconds: Int64 = 0) {
      time += milliseconds
      guard let pass else { return }
      answers += 1
      if pass.isProbe { breaker.answered(pass.era, now: now) }
    }

    /// So many calls fail, one after the other.
    mutating func failures(_ count: Int, every milliseconds: Int64 = 100) {
      for _ in 0..<count { fails(call(), after: milliseconds) }
    }

    /// Milliseconds until a call may pass.
    var closedFor: Int64 { breaker.refusal(at: now).map { (($0 - now).wholeNanoseconds + 999_999) / 1_000_000 } ?? 0 }
  }

  @Test("the fifth failure in a row opens it; an answer begins the count anew")
  func consecutive() {
    var it = Dialogue()
    it.failures(4)
    it.isAnswered(it.call())
    it.failures(4)
    #expect(it.breaker.isClosed && it.breaker.failuresInARow == 4)
    it.failures(1)
    #expect(!it.breaker.isClosed && it.call() == nil)
  }

  @Test("a thousand calls that one lost connection fails are one failure in a row")
  func oneEvent() {
    var it = Dialogue()
    let calls = (0..<1_000).map { _ in it.call() }
    for call in calls { it.fails(call) }
    #expect(it.breaker.isClosed && it.breaker.failuresInARow == 1 && it.breaker.failures == 1_000)
  }

  @Test("half of the calls fail: it opens once the window has run for a second, and not before")
  func share() {
    var it = Dialogue()
    it.fails(it.call())
    for _ in 0..<24 {
      it.isAnswered(it.call(), after: 20)
      it.fails(it.call(), after: 20)
      #expect(it.breaker.isClosed)
    }
    it.isAnswered(it.call(), after: 20)
    it.fails(it.call(), after: 20)
    #expect(!it.breaker.isClosed)
  }

  @Test("a few failures among many answers, or few calls at all, do not open it")
  func lowShare() {
    var it = Dialogue()
    for _ in 0..<2_000 {
      it.fails(it.call(), after: 3)
      for _ in 0..<2 { it.isAnswered(it.call(), after: 3) }
    }
    #expect(it.breaker.isClosed)
    var rare = Dialogue()
    for _ in 0..<200 {
      rare.fails(rare.call(), after: 500)
      rare.isAnswered(rare.call(), after: 1_000)
    }
    #expect(rare.breaker.isClosed, "seven failures in ten seconds are no share of anything")
  }

  @Test("one burst of failures is held against what follows it")
  func burst() {
    var it = Dialogue()
    let calls = (0..<300).map { _ in it.call() }
    for call in calls { it.fails(call) }
    for _ in 0..<1_000 { it.isAnswered(it.call(), after: 1) }
    it.fails(it.call(), after: 100)
    #expect(it.breaker.isClosed, "301 of 1,301")
  }

  @Test("open: nobody passes, then one probe, and its answer closes")
  func probe() {
    var it = Dialogue()
    it.failures(5)
    #expect(it.closedFor == 500)
    #expect(it.call(after: 499) == nil)
    let probe = it.call(after: 1)
    #expect(probe?.isProbe == true)
    for _ in 0..<10 { #expect(it.call(after: 10) == nil) }
    it.isAnswered(probe)
    #expect(it.breaker.isClosed)
    #expect(it.call()?.isProbe == false)
  }

  @Test("each failed probe doubles the time, up to five seconds; chance takes at most half")
  func growth() {
    for (random, share) in [(UInt64.max, 1.0), (0, 0.5)] {
      var it = Dialogue()
      it.random = random
      it.failures(5)
      for step in [500, 1_000, 2_000, 4_000, 5_000, 5_000] {
        #expect(abs(Double(it.closedFor) - Double(step) * share) < 1)
        let probe = it.call(after: it.closedFor + 1)
        #expect(probe?.isProbe == true)
        it.fails(probe)
      }
    }
  }

  @Test("who flaps is left alone longer each time; a calm window forgives")
  func flapping() {
    var it = Dialogue()
    for step in [500, 1_000, 2_000] {
      it.failures(5)
      #expect(abs(it.closedFor - Int64(step)) <= 1)
      it.isAnswered(it.call(after: it.closedFor + 1))
      #expect(it.breaker.isClosed)
    }
    it.time += 10_000
    it.failures(5)
    #expect(abs(it.closedFor - 500) <= 1)
  }

  @Test("a call from before the opening changes nothing, whatever becomes of it")
  func late() {
    var it = Dialogue()
    let early = (0..<3).map { _ in it.call() }
    it.failures(5)
    let openUntil = it.closedFor
    it.isAnswered(early[0])
    it.fails(early[1])
    #expect(!it.breaker.isClosed && it.closedFor == openUntil)
    let probe = it.call(after: 500)
    it.fails(early[2])
    #expect(it.breaker.openings == 1, "only the probe decides")
    it.isAnswered(probe)
    #expect(it.breaker.isClosed)
  }

  @Test("a probe that tells nothing leaves its place to the next call; one that takes long gets company")
  func lostProbes() {
    var it = Dialogue()
    it.failures(5)
    let first = it.call(after: 500)
    it.breaker.toldNothing(first?.era ?? 0, now: it.now)
    let second = it.call()
    #expect(second?.isProbe == true)
    #expect(it.call(after: 999) == nil)
    let third = it.call(after: 1)
    #expect(third?.isProbe == true)
    it.isAnswered(second, after: 100)
    #expect(it.breaker.isClosed, "slow is not lost")
    it.fails(third)
    #expect(it.breaker.isClosed, "and what the other says is of another era")
  }

  @Test("whatever comes in whatever order: one probe at a time, and never open for longer than five seconds", arguments: 1...50)
  func anyOrder(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var it = Dialogue()
    var out: [Breaker.Pass] = []
    var lastProbe: [UInt32: Int64] = [:]
    for _ in 0..<2_000 {
      it.random = random.next()
      #expect(it.closedFor <= 5_000)
      switch random.next() % 4 {
      case 0, 1:
        if let pass = it.call(after: Int64(random.next() % 50)) {
          if pass.isProbe {
            if let last = lastProbe[pass.era] { #expect(it.time - last >= 1_000, "two probes at once") }
            lastProbe[pass.era] = it.time
          }
          out.append(pass)
        }
      case 2 where !out.isEmpty: it.fails(out.remove(at: Int(random.next() % UInt64(out.count))))
      case 3 where !out.isEmpty: it.isAnswered(out.remove(at: Int(random.next() % UInt64(out.count))))
      default: it.time += Int64(random.next() % 500)
      }
    }
    #expect(it.breaker.openings > 0)
  }

  @Test("settings that cannot be are refused in a sentence")
  func refusals() {
    #expect(BreakerSettings().refusal == nil)
    func refused(_ change: (inout BreakerSettings) -> Void) -> Bool {
      var settings = BreakerSettings()
      change(&settings)
      return settings.refusal != nil
    }
    #expect(refused { $0.consecutive = 0 })
    #expect(refused { $0.share = 101 })
    #expect(refused { $0.minimumCalls = 0 })
    #expect(refused { $0.judgedAfter = .seconds(11) })
    #expect(refused { $0.firstOpening = .seconds(6) })
    #expect(refused { $0.probeLimit = .zero })
  }
}
