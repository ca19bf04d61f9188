// A whole cluster in one thread and in virtual time. The world owns the clock and one queue of events in the order of
// (time, sequence); loops, connections and faults only add to it, so a seed decides everything that happens.
import Synchronization
import TroupeNet

/// The clock and the events of one simulation. Everything in it, the test included, belongs to the thread that runs it.
///
/// ```swift
/// let world = SimulatedWorld(seed: 7)
/// let loop = world.makeLoop(host: "n1", identity: PeerIdentity("spiffe://test/node/n1"))
/// let answer = try world.run(on: loop) { await counter.add(1) }
/// ```
/// What would break the repetition: `Task.detached`, `Task { }` outside a loop, `Task.sleep`, clocks, system randomness, and
/// decisions that follow the order of hashed collections.
public final class SimulatedWorld: @unchecked Sendable {
  // Sound because one thread runs everything; other threads can only post into a loop's locked mailbox and set `mail`.
  public let seed: UInt64
  /// The virtual time. Starts an hour in, so that subtracting from it is safe.
  public private(set) var now = beginning
  /// What `now` is in a new world.
  static let beginning = Instant(nanoseconds: 3_600_000_000_000)
  /// What `wallClock()` says at the instant zero; tests may move it to make calendars jump.
  public var wallClockOffset = WallTime(milliseconds: 1_767_225_600_000)
  /// Events that have run.
  public private(set) var steps = 0
  /// A hash over everything that happened and when: equal for equal seeds.
  public private(set) var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
  public private(set) lazy var network = SimulatedNetwork(self)

  public private(set) var loops: [SimulatedLoop] = []
  private let events = TimerQueue()
  private let mail = Atomic(false)
  private var random: SeededRandom
  private var clocks: [String: SimulatedClock] = [:]

  public init(seed: UInt64 = 1) {
    self.seed = seed
    random = SeededRandom(seed: seed)
  }

  deinit {
    for loop in loops { loop.dissolve() }
  }

  /// A new loop. Loops with one `host` are one process: they crash, pause and are cut off together.
  ///
  /// - Parameter identity: what a certificate would say; what peers see as `Connection.peer`.
  public func makeLoop(host: String, index: Int = 0, identity: PeerIdentity? = nil) -> SimulatedLoop {
    let loop = SimulatedLoop(self, number: loops.count, host: host, index: index, identity: identity)
    loops.append(loop)
    return loop
  }

  /// What a host's clock shows. Change it before the host's first loop is made.
  public func clock(of host: String) -> SimulatedClock {
    if let clock = clocks[host] { return clock }
    let clock = SimulatedClock()
    clocks[host] = clock
    return clock
  }

  /// Runs `body` in the world, on no loop, after `delay`: this is how a test scripts faults.
  @discardableResult
  public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
    events.add(at: now + max(delay, .zero), body)
  }

  /// A number of the world's own generator, for scripts.
  public func randomNumber() -> UInt64 { random.next() }

  /// Adds something to what distinguishes one history from another.
  public func note(_ value: UInt64) { fingerprint = (fingerprint ^ value) &* 0x100_0000_01B3 }

  // MARK: running

  /// Runs the next event, whenever it is due, unless that is after `limit`. Returns whether there was one.
  @discardableResult
  public func step(limit: Instant = .distantFuture) -> Bool {
    collectMail()
    guard let due = events.earliest, due <= limit else { return false }
    now = max(now, due)
    steps += 1
    note(UInt64(bitPattern: now.nanoseconds))
    events.popDue(at: now)?()
    return true
  }

  /// Runs everything due up to `instant`, and ends there.
  public func run(until instant: Instant) {
    while step(limit: instant) {}
    now = max(now, instant)
  }

  /// Runs everything due within `duration` from now.
  public func run(for duration: Duration) { run(until: now + duration) }

  /// Runs until `condition` holds. Returns whether it did before `limit` had passed or nothing was left to do.
  @discardableResult
  public func run(limit: Duration = .seconds(600), until condition: () -> Bool) -> Bool {
    let end = now + limit
    while !condition() {
      if !step(limit: end) { return condition() }
    }
    return true
  }

  /// Runs until nothing is left to do. Returns whether that was reached before `limit`; periodic timers prevent it.
  @discardableResult
  public func runUntilIdle(limit: Duration = .seconds(600)) -> Bool {
    let end = now + limit
    while step(limit: end) {}
    return events.earliest == nil
  }

  /// Runs `body` as a task on `loop`, and the world with it until `body` has ended.
  ///
  /// Throws `SimulationError` when the world falls idle, or `limit` passes, before that.
  public func run<Value: Sendable>(
    on loop: SimulatedLoop, limit: Duration = .seconds(600), _ body: @escaping @Sendable () async throws -> Value
  ) throws -> Value {
    let outcome = Outcome<Value>()
    Task(executorPreference: loop) {
      do { outcome.set(.success(try await body())) } catch { outcome.set(.failure(error)) }
    }
    let end = now + limit
    while true {
      if let result = outcome.result { return try result.get() }
      if !step(limit: end) {
        if let result = outcome.result { return try result.get() }
        throw events.earliest == nil ? SimulationError.idle : SimulationError.limit
      }
    }
  }

  // MARK: for loops

  /// Nothing runs here any more. What was due holds much of a world in memory otherwise.
  func end() {
    events.removeAll()
    for loop in loops { loop.dissolve() }
  }

  func add(at instant: Instant, _ work: @escaping () -> Void) -> LoopTimer { events.add(at: max(instant, now), work) }
  func putBack(_ timer: LoopTimer, until instant: Instant, _ work: @escaping () -> Void) {
    events.putBack(timer, until: max(instant, now), work)
  }
  func mailArrived() { mail.store(true, ordering: .releasing) }

  private func collectMail() {
    guard mail.exchange(false, ordering: .acquiringAndReleasing) else { return }
    for loop in loops where loop.hasMail { loop.schedulePass() }
  }
}

/// Why `SimulatedWorld.run(on:)` gave up.
public enum SimulationError: Error, Sendable {
  /// Nothing was left to do, but the body had not ended: it waits for something outside the world, or for ever.
  case idle
  /// The virtual time allowed for it passed.
  case limit
}

private final class Outcome<Value: Sendable>: Sendable {
  private let stored = Mutex<Result<Value, any Error>?>(nil)
  var result: Result<Value, any Error>? { stored.withLock { $0 } }
  func set(_ result: Result<Value, any Error>) { stored.withLock { $0 = result } }
}
