// What leaves a faulty stream, and when: no socket, and time is a number.
import Testing
import TroupeNet

@testable import TroupeTesting

@Suite struct FaultyStreamTests {
  static let start = Instant(nanoseconds: 1_000_000_000)

  /// A stream with its clock.
  struct Run {
    var stream: FaultyStream
    var now = FaultyStreamTests.start
    var left: [(after: Duration, action: FaultyStream.Action)] = []

    init(seed: UInt64 = 1, _ change: (inout StreamFaults) -> Void = { _ in }) {
      var faults = StreamFaults()
      change(&faults)
      stream = FaultyStream(faults, seed: seed)
    }

    mutating func take(_ text: String) { take(Array(text.utf8)) }
    mutating func take(_ bytes: [UInt8]) { stream.take(bytes, now: now) }

    mutating func set(_ change: (inout StreamFaults) -> Void) {
      var faults = stream.faults
      change(&faults)
      stream.set(faults, now: now)
    }

    /// Lets time pass as a driver does, until `limit` from the start or nothing more is planned.
    mutating func run(until limit: Duration = .seconds(86_400)) {
      while true {
        while let action = stream.next(now: now) { left.append((now - FaultyStreamTests.start, action)) }
        guard let wakeAt = stream.wakeAt, wakeAt <= FaultyStreamTests.start + limit else { break }
        now = max(now, wakeAt)
      }
      if limit < .seconds(86_400) { now = max(now, FaultyStreamTests.start + limit) }
    }

    var bytes: [UInt8] { left.flatMap { if case .pass(let bytes, _) = $0.action { bytes } else { [UInt8]() } } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var actions: [FaultyStream.Action] { left.map(\.action) }
  }

  static func pass(_ text: String, isIntact: Bool = true) -> FaultyStream.Action { .pass(Array(text.utf8), isIntact: isIntact) }

  @Test func withoutFaultsEverythingLeavesAtOnce() {
    var run = Run()
    run.take("a")
    run.take("bc")
    run.stream.takeEnd(now: run.now)
    run.run()
    #expect(run.actions == [Self.pass("a"), Self.pass("bc"), .end])
    #expect(run.left.allSatisfy { $0.after == .zero })
    #expect(run.stream.isFinished)
  }

  @Test func aDelayIsKeptToTheNanosecond() {
    var run = Run { $0.delay = .milliseconds(75) }
    run.take("a")
    run.stream.takeEnd(now: run.now)
    #expect(run.stream.next(now: Self.start + .milliseconds(75) - .nanoseconds(1)) == nil)
    run.run()
    #expect(run.left.map(\.after) == [.milliseconds(75), .milliseconds(75)])
    #expect(run.stream.statistics.delayed == 2)
  }

  @Test func bytesUnderWayKeepTheirDelay() {
    var run = Run { $0.delay = .seconds(1) }
    run.take("slow")
    run.set { $0.delay = .zero }
    run.take("fast")
    run.run()
    #expect(run.actions == [Self.pass("slow"), Self.pass("fast")])
    #expect(run.left.map(\.after) == [.seconds(1), .seconds(1)])
  }

  @Test func jitterStaysInItsBoundsAndKeepsTheOrder() {
    var drawn: Set<Duration> = []
    for seed in 0..<20 {
      var run = Run(seed: UInt64(seed)) {
        $0.delay = .milliseconds(75)
        $0.jitter = .milliseconds(50)
      }
      let text = (0..<50).map { "\($0)," }
      for (number, piece) in text.enumerated() {
        run.run(until: .milliseconds(number * 10))
        run.take(piece)
      }
      run.run()
      #expect(run.text == text.joined())
      #expect(run.left.count == 50)
      for (number, (after, _)) in run.left.enumerated() {
        #expect(after >= .milliseconds(number * 10 + 25))
        #expect(after <= .milliseconds(number * 10 + 125) || after == run.left[number - 1].after)
        drawn.insert(after)
      }
    }
    #expect(drawn.count > 200)
  }

  @Test func moreJitterThanDelayNeverReachesIntoThePast() {
    for seed in 0..<20 {
      var run = Run(seed: UInt64(seed)) { $0.jitter = .milliseconds(50) }
      run.take("a")
      run.run()
      #expect((.zero ... .milliseconds(50)).contains(run.left[0].after))
    }
  }

  @Test func aRateIsNeverExceeded() {
    var run = Run { $0.rate = 10_000 }
    run.take([UInt8](repeating: 7, count: 30_000))
    run.run()
    var passed = 0
    for (after, action) in run.left {
      guard case .pass(let bytes, _) = action else { continue }
      #expect(Double(passed) <= 10_000 * (after / .seconds(1)) + 0.001, "\(passed) bytes had left before \(after)")
      #expect(bytes.count <= 500)
      passed += bytes.count
    }
    #expect(passed == 30_000)
    #expect(run.left.last.map { $0.after } == .milliseconds(2_950))
  }

  @Test func aDripIsSoManyBytesSoFarApart() {
    var run = Run { $0.drip = .init(bytes: 2, every: .seconds(1)) }
    run.take("a")
    run.take("bcd")
    run.take("e")
    run.stream.takeEnd(now: run.now)
    run.run()
    #expect(run.actions == [Self.pass("ab"), Self.pass("cd"), Self.pass("e"), .end])
    #expect(run.left.map(\.after) == [.zero, .seconds(1), .seconds(2), .seconds(3)])
  }

  @Test func healingOpensADripAtOnce() {
    var run = Run { $0.drip = .init(bytes: 1, every: .seconds(3_600)) }
    run.take("hello")
    run.run(until: .seconds(1))
    #expect(run.text == "h")
    run.stream.set(.none, now: run.now)
    run.run()
    #expect(run.text == "hello")
    #expect(run.left.last.map { $0.after } == .seconds(1))
  }

  @Test func whatIsHeldLeavesWhenItMay() {
    var run = Run { $0.isHeld = true }
    run.take("a")
    run.stream.takeEnd(now: run.now)
    #expect(run.stream.wakeAt == nil)
    run.run(until: .seconds(60))
    #expect(run.left.isEmpty)
    #expect(run.stream.waitingBytes == 1)
    run.set { $0.isHeld = false }
    run.run()
    #expect(run.actions == [Self.pass("a"), .end])
  }

  @Test func aBlackHoleSwallowsAndTheHealedConnectionIsReset() {
    var run = Run { $0.delay = .seconds(1) }
    run.take("under way")
    run.set { $0.isBlackHole = true }
    run.take("lost")
    run.stream.takeEnd(now: run.now)
    run.run()
    #expect(run.left.isEmpty)
    #expect(run.stream.statistics.vanished == 13)
    #expect(run.stream.isFinished)
    run.stream.set(.none, now: run.now)
    run.take("too late")
    run.run()
    #expect(run.actions == [.reset])
    #expect(run.stream.statistics.resets == 1)
  }

  @Test func aBlackHoleThatSwallowedNothingLeavesNothingBehind() {
    var run = Run { $0.isBlackHole = true }
    run.stream.set(.none, now: run.now)
    run.take("a")
    run.run()
    #expect(run.actions == [Self.pass("a")])
  }

  @Test func aRepeatedChunkFollowsItself() {
    var run = Run { $0.duplicate = 1 }
    run.take("ab")
    run.take("c")
    run.run()
    #expect(run.actions == [Self.pass("abab", isIntact: false), Self.pass("cc", isIntact: false)])
    #expect(run.stream.statistics.duplicated == 2)
  }

  @Test func flipsHitTheSameBytesHoweverTheyArrive() {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
    func spoilt(seed: UInt64, chunk: Int) -> (bytes: [UInt8], flipped: Int) {
      var run = Run(seed: seed) { $0.flip = 0.01 }
      for start in stride(from: 0, to: bytes.count, by: chunk) { run.take(Array(bytes[start..<min(bytes.count, start + chunk)])) }
      run.run()
      return (run.bytes, run.stream.statistics.flipped)
    }
    let one = spoilt(seed: 5, chunk: 10_000)
    #expect(one == spoilt(seed: 5, chunk: 7))
    #expect(one.bytes != spoilt(seed: 6, chunk: 7).bytes)
    let differing = zip(one.bytes, bytes).map { ($0 ^ $1).nonzeroBitCount }
    #expect(differing.allSatisfy { $0 <= 1 })
    #expect(differing.reduce(0, +) == one.flipped)
    #expect((50...200).contains(one.flipped), "one in a hundred, more or less: \(one.flipped) of 10,000")
  }

  @Test func oneFaultDoesNotMoveWhatAnotherHits() {
    func flipped(_ change: (inout StreamFaults) -> Void) -> [UInt8] {
      var run = Run(seed: 9) {
        $0.flip = 0.1
        change(&$0)
      }
      for _ in 0..<10 { run.take([UInt8](repeating: 0, count: 50)) }
      run.run()
      return run.bytes
    }
    let plain = flipped { _ in }
    #expect(flipped { $0.jitter = .milliseconds(5) } == plain)
    #expect(flipped { $0.rate = 1_000 } == plain)
    #expect(plain.contains { $0 != 0 })
  }

  @Test func oneBitFlipsBehindSoManyBytesMore() {
    var run = Run()
    run.take([0, 0])
    run.set { $0.flipAfter = 3 }
    run.take([0, 0])
    run.take([0, 0, 0, 0])
    run.run()
    #expect(run.bytes.enumerated().filter { $1 != 0 }.map(\.offset) == [5])
    #expect(run.bytes[5].nonzeroBitCount == 1)
    // The same again, once it was taken back.
    run.set { $0.flipAfter = nil }
    run.set { $0.flipAfter = 0 }
    run.take([0])
    run.run()
    #expect(run.stream.statistics.flipped == 2)
  }

  @Test func aHalfCloseEndsBehindItsBytesAndTheRestVanishes() {
    var run = Run { $0.halfCloseAfter = 3 }
    run.take("ab")
    run.take("cde")
    run.take("f")
    run.run()
    #expect(run.actions == [Self.pass("ab"), Self.pass("c"), .end])
    #expect(run.stream.statistics.vanished == 3)
    #expect(!run.stream.isFinished, "the sender goes on")
    run.stream.takeEnd(now: run.now)
    run.run()
    #expect(run.left.count == 3, "no second end")
    #expect(run.stream.isFinished)
  }

  @Test func aResetComesBehindItsBytes() {
    var run = Run { $0.resetAfter = 3 }
    run.take("abcde")
    run.run()
    #expect(run.actions == [Self.pass("abc"), .reset])
    var atOnce = Run { $0.delay = .seconds(1) }
    atOnce.set { $0.resetAfter = 0 }
    atOnce.run()
    #expect(atOnce.actions == [.reset])
  }

  @Test func whatWasCutOffIsCounted() {
    for seed in 0..<200 {
      var random = SeededRandom(seed: UInt64(seed))
      var run = Run(seed: UInt64(seed))
      for _ in 0..<50 {
        var faults = StreamFaults()
        if random.happens(0.3) { faults.delay = .milliseconds(Int(random.next() % 100)) }
        if random.happens(0.3) { faults.rate = 1 + Int(random.next() % 10_000) }
        if random.happens(0.2) { faults.drip = .init(bytes: 1 + Int(random.next() % 50), every: .milliseconds(5)) }
        faults.isHeld = random.happens(0.1)
        faults.isBlackHole = random.happens(0.02)
        if random.happens(0.02) { faults.halfCloseAfter = Int(random.next() % 1_000) }
        run.stream.set(faults, now: run.now)
        run.take([UInt8](repeating: 1, count: Int(random.next() % 500)))
        run.run(until: run.now - Self.start + .milliseconds(Int(random.next() % 50)))
        let statistics = run.stream.statistics
        #expect(statistics.passed == run.bytes.count)
        // A reset throws away what waited behind it, and is the last thing that happens.
        if run.actions.contains(.reset) || statistics.resets > 0 { break }
        #expect(statistics.taken == statistics.passed + statistics.vanished + run.stream.waitingBytes, "seed \(seed)")
      }
    }
  }
}
