// The budget as a conversation: so many calls, so much time, so many retries.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Retry budget")
struct RetryBudgetTests {
  /// A budget with its clock and its caller's calls.
  struct Caller {
    var budget: RetryBudget
    var calls: UInt64 = 0
    var now = Instant(nanoseconds: 5_000_000_000)

    init(_ settings: RetryBudget.Settings = .init()) { budget = RetryBudget(settings, now: now) }

    mutating func pass(_ time: Duration, calls more: UInt64 = 0) {
      now += time
      calls += more
    }

    /// Retries until there are no more.
    mutating func takeAll() -> Int {
      var taken = 0
      while budget.take(calls: calls, now: now) { taken += 1 }
      return taken
    }
  }

  @Test("at the start: what five seconds earn")
  func start() {
    var caller = Caller()
    #expect(caller.takeAll() == 50)
    #expect(caller.takeAll() == 0)
    #expect(caller.budget.refused == 2)
  }

  @Test("ten a second and a fifth of the calls")
  func rate() {
    var caller = Caller()
    _ = caller.takeAll()
    for _ in 0..<20 {
      caller.pass(.seconds(1))
      #expect(caller.takeAll() == 10)
    }
    for _ in 0..<20 {
      caller.pass(.seconds(1), calls: 1_000)
      #expect(caller.takeAll() == 210)
    }
  }

  @Test("nothing is lost to rounding: a millionth of a second at a time")
  func smallSteps() {
    var caller = Caller()
    _ = caller.takeAll()
    var taken = 0
    for _ in 0..<1_000_000 {
      caller.pass(.microseconds(1))
      if caller.budget.take(calls: 0, now: caller.now) { taken += 1 }
    }
    #expect(taken == 10)
  }

  @Test("what was earned long ago has expired")
  func expiry() {
    for idle in [10, 60, 3_600] {
      var caller = Caller()
      caller.pass(.seconds(3), calls: 1_000_000)
      _ = caller.budget.left(calls: caller.calls, now: caller.now)
      caller.pass(.seconds(idle))
      #expect((50...100).contains(caller.takeAll()), "after \(idle) s")
    }
  }

  @Test("an hour of calls without a look counts as its last ten seconds")
  func lazy() {
    var caller = Caller()
    caller.pass(.seconds(3_600), calls: 3_600_000)
    let left = caller.takeAll()
    #expect((2_000...2_100).contains(left), "\(left): a fifth of 10,000, and a hundred")
  }

  @Test("percent alone, time alone, none at all")
  func settings() {
    var share = Caller(.init(percent: 50, perSecond: 0))
    share.pass(.seconds(1), calls: 10)
    #expect(share.takeAll() == 5)
    var none = Caller(.init(percent: 0, perSecond: 0))
    none.pass(.seconds(100), calls: 1_000)
    #expect(none.takeAll() == 0)
    #expect(RetryBudget.Settings().refusal == nil)
    #expect(RetryBudget.Settings(percent: -1, perSecond: 0).refusal != nil)
    #expect(RetryBudget.Settings(percent: 0, perSecond: -1).refusal != nil)
    #expect(RetryBudget.Settings(percent: 0, perSecond: 0, lifetime: .zero).refusal != nil)
  }

  @Test("however calls, pauses and retries mix: never more than was earned", arguments: 1...50)
  func neverMore(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var caller = Caller()
    let start = caller.now
    for _ in 0..<500 {
      caller.pass(.milliseconds(Int(random.next() % 3_000)), calls: random.next() % 200)
      for _ in 0..<(random.next() % 100) { _ = caller.budget.take(calls: caller.calls, now: caller.now) }
      let earned = 50 + Int((caller.now - start) / .seconds(1) * 10) + Int(caller.calls) / 5 + 1
      #expect(caller.budget.taken <= UInt64(earned))
    }
    #expect(caller.budget.taken > 0 && caller.budget.refused > 0)
  }
}

@Suite("Retry pause")
struct RetryPauseTests {
  @Test("evenly between nothing and a step that doubles up to the longest")
  func fullJitter() {
    for (random, share) in [(UInt64.max, 1.0), (UInt64.max / 2, 0.5), (0, 0.0)] {
      var pause = RetryPause(first: .milliseconds(4), longest: .milliseconds(250))
      for step in [4, 8, 16, 32, 64, 128, 250, 250] {
        let drawn = pause.next(random: random)
        #expect(abs((drawn - .milliseconds(step) * share) / .microseconds(1)) < 1)
      }
    }
  }
}
