// What a simulated machine's clock shows when it was switched on earlier, runs fast or slow, or stood still; and what timers make of it.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct SimulatedClockTests {
  /// A machine, and when its timers fired.
  final class Machine {
    /// Since the beginning, in the world and on the machine's clock.
    struct Firing {
      let world: Duration
      let clock: Duration
    }

    let world: SimulatedWorld
    let loop: SimulatedLoop
    private(set) var fired: [String: Firing] = [:]
    private let beginning: Instant
    private let firstReading: Instant

    init(drift: Int64 = 0, head: Duration = .zero) {
      world = SimulatedWorld(seed: 5)
      let clock = world.clock(of: "n1")
      clock.drift = drift
      clock.head = head
      loop = world.makeLoop(host: "n1")
      beginning = world.now
      firstReading = loop.now
    }

    var worldTime: Duration { world.now - beginning }
    var clockTime: Duration { loop.now - firstReading }

    @discardableResult
    func schedule(_ name: String, after delay: Duration) -> LoopTimer {
      loop.perform {
        loop.schedule(after: delay) { self.fired[name] = Firing(world: self.worldTime, clock: self.clockTime) }
      }
    }

    func pass(_ time: Duration) { world.run(for: time) }
    func freeze() { world.network.freeze("n1") }
    func resume() { world.network.resume("n1") }
  }

  // MARK: The clock

  @Test func aDriftIsInMillionths() {
    let (exact, fast, slow) = (Machine(), Machine(drift: 10_000), Machine(drift: -10_000))
    for machine in [exact, fast, slow] { machine.pass(.seconds(100)) }
    #expect(exact.clockTime == .seconds(100))
    #expect(fast.clockTime == .seconds(101))
    #expect(slow.clockTime == .seconds(99))
  }

  @Test func aHeadIsWhatHadPassedBefore() {
    let machine = Machine(head: .seconds(500))
    let before: Duration = machine.loop.now - machine.world.now
    #expect(before == .seconds(500))
    machine.schedule("timer", after: .seconds(3))
    machine.pass(.seconds(10))
    let after: Duration = machine.loop.now - machine.world.now
    #expect(after == .seconds(500))
    #expect(machine.fired["timer"]?.world == .seconds(3))
  }

  @Test func allLoopsOfAMachineReadOneClock() {
    let world = SimulatedWorld()
    world.clock(of: "n1").head = .seconds(7)
    let loops = [world.makeLoop(host: "n1"), world.makeLoop(host: "n1", index: 1), world.makeLoop(host: "n2")]
    let before: [Duration] = loops.map { $0.now - world.now }
    #expect(before == [.seconds(7), .seconds(7), .zero])
    world.network.freeze("n1")
    world.run(for: .seconds(2))
    let after: [Duration] = loops.map { $0.now - world.now }
    #expect(after == [.seconds(5), .seconds(5), .zero])
  }

  @Test(arguments: [0, 20_000, -20_000] as [Int64]) func aFrozenClockGoesOnFromWhereItStood(drift: Int64) {
    func at(_ seconds: Int64) -> Instant { SimulatedWorld.beginning + .seconds(seconds) }
    let clock = SimulatedClock()
    clock.drift = drift
    let stood = clock.reading(at: at(5))
    clock.freeze(at: at(5))
    #expect(clock.reading(at: at(9)) == stood)
    // It stands already.
    clock.freeze(at: at(7))
    #expect(clock.reading(at: at(9)) == stood)
    clock.thaw(at: at(10))
    #expect(clock.lag == .seconds(5))
    #expect(clock.reading(at: at(10)) == stood)
    // It goes already.
    clock.thaw(at: at(11))
    #expect(clock.lag == .seconds(5))
    let passed: Duration = clock.reading(at: at(12)) - stood
    #expect(passed == Duration.seconds(2) + Duration.microseconds(2 * drift))
  }

  @Test(arguments: [20_000, 1, -1, -20_000] as [Int64]) func aClockNeverRunsBackwards(drift: Int64) {
    let clock = SimulatedClock()
    clock.drift = drift
    let readings = (0..<20_000).map { clock.reading(at: SimulatedWorld.beginning + .nanoseconds($0 * 313)) }
    let steps = zip(readings, readings.dropFirst())
    let back = steps.filter { before, after in after < before }
    #expect(back.isEmpty)
  }

  @Test func itKnowsWhenItWillShowWhat() {
    func at(_ seconds: Int64) -> Instant { SimulatedWorld.beginning + .seconds(seconds) }
    let clock = SimulatedClock()
    clock.head = .seconds(100)
    #expect(clock.instant(of: at(103), now: at(1)) == at(3))
    // It has shown that already.
    #expect(clock.instant(of: at(50), now: at(1)) == at(1))
    clock.freeze(at: at(1))
    clock.thaw(at: at(5))
    #expect(clock.instant(of: at(103), now: at(6)) == at(7))
  }

  // MARK: Timers

  @Test(arguments: [20_000, 300, -300, -20_000] as [Int64]) func timersFollowTheirMachinesClock(drift: Int64) throws {
    let machine = Machine(drift: drift)
    machine.schedule("timer", after: .seconds(10))
    machine.pass(.seconds(20))
    let fired = try #require(machine.fired["timer"])
    // Not before its time, and hardly later.
    #expect(fired.clock >= .seconds(10))
    #expect(fired.clock < .milliseconds(10_001))
    let expected = Duration.nanoseconds(10_000_000_000 * 1_000_000 / (1_000_000 + drift))
    #expect(fired.world > expected - .milliseconds(1))
    #expect(fired.world < expected + .milliseconds(1))
  }

  @Test func aTimerOfAFrozenLoopKeepsItsRemainingTime() {
    let machine = Machine()
    machine.schedule("timer", after: .seconds(10))
    machine.pass(.seconds(4))
    machine.freeze()
    machine.pass(.seconds(30))
    #expect(machine.fired["timer"] == nil)
    #expect(machine.clockTime == .seconds(4))
    machine.resume()
    machine.pass(.seconds(5))
    #expect(machine.fired["timer"] == nil)
    machine.pass(.seconds(5))
    #expect(machine.fired["timer"]?.world == .seconds(40))
    #expect(machine.fired["timer"]?.clock == .seconds(10))
  }

  @Test func aTimerIsPostponedByAFreezeThatIsOverBeforeItIsDue() {
    let machine = Machine()
    machine.schedule("timer", after: .seconds(10))
    for _ in 0..<3 {
      machine.pass(.seconds(1))
      machine.freeze()
      machine.pass(.seconds(1))
      machine.resume()
    }
    machine.pass(.seconds(20))
    #expect(machine.fired["timer"]?.world == .seconds(13))
    #expect(machine.fired["timer"]?.clock == .seconds(10))
  }

  @Test func timersKeepTheirOrderThroughAFreeze() {
    let machine = Machine()
    for number in [3, 1, 2] { machine.schedule("\(number)", after: .seconds(number)) }
    machine.freeze()
    machine.pass(.seconds(10))
    machine.resume()
    machine.pass(.seconds(10))
    let fired = (1...3).compactMap { machine.fired["\($0)"]?.world }
    #expect(fired == [.seconds(11), .seconds(12), .seconds(13)])
  }

  @Test func aPauseDoesNotStopTheClock() {
    let machine = Machine()
    machine.schedule("timer", after: .seconds(1))
    machine.world.network.pause("n1")
    machine.pass(.seconds(10))
    #expect(machine.fired["timer"] == nil)
    machine.resume()
    machine.pass(.seconds(1))
    #expect(machine.fired["timer"]?.world == .seconds(10))
    #expect(machine.fired["timer"]?.clock == .seconds(10))
  }

  // MARK: Cancelling

  @Test func aTimerThatAThawPostponedCanBeCancelled() {
    let machine = Machine()
    let timer = machine.schedule("cancelled", after: .seconds(2))
    machine.schedule("left", after: .seconds(2))
    machine.pass(.seconds(1))
    machine.freeze()
    machine.pass(.seconds(10))
    machine.resume()
    machine.pass(.milliseconds(500))
    timer.cancel()
    machine.pass(.seconds(60))
    #expect(machine.fired["cancelled"] == nil)
    #expect(machine.fired["left"]?.world == .seconds(12))
  }

  @Test func aTimerThatAShortFreezePostponedCanBeCancelled() {
    let machine = Machine()
    let timer = machine.schedule("cancelled", after: .seconds(2))
    machine.freeze()
    machine.pass(.seconds(1))
    machine.resume()
    // It would have been due at two, and is at three.
    machine.pass(.milliseconds(1_500))
    timer.cancel()
    machine.pass(.seconds(60))
    #expect(machine.fired["cancelled"] == nil)
  }

  @Test func whatArrivedDuringAFreezeCancelsATimerThatWouldHaveBeenDueAfterIt() {
    let machine = Machine()
    let timer = machine.schedule("cancelled", after: .seconds(2))
    machine.freeze()
    machine.pass(.seconds(1))
    machine.loop.dispatch { timer.cancel() }
    machine.pass(.seconds(10))
    machine.resume()
    machine.pass(.seconds(60))
    #expect(machine.fired["cancelled"] == nil)
  }

  @Test func afterAPauseAnEarlierTimerCancelsALaterOne() {
    let machine = Machine()
    let timer = machine.schedule("cancelled", after: .seconds(2))
    _ = machine.loop.perform { machine.loop.schedule(after: .seconds(1)) { timer.cancel() } }
    machine.world.network.pause("n1")
    machine.pass(.seconds(10))
    machine.resume()
    machine.pass(.seconds(60))
    #expect(machine.fired["cancelled"] == nil)
  }
}
