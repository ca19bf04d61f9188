// A loop without a thread: its passes are events of a world. Jobs, timers and connections behave as on `UVLoop`; work costs no
// virtual time, and a pass for another loop comes a seeded moment later, so that seeds try different interleavings.
import TroupeNet

/// An `EventLoop` in virtual time. Made by `SimulatedWorld.makeLoop`.
public final class SimulatedLoop: EventLoop, @unchecked Sendable {
  // Sound because the world's thread alone touches the state; other threads reach `queue`'s locked mailbox.
  /// Must outlive the loop.
  public unowned let world: SimulatedWorld
  public let host: String
  public let index: Int
  public let identity: PeerIdentity?
  /// Its machine's.
  public let clock: SimulatedClock

  /// What the loop's process is doing.
  public enum State: Sendable { case running, paused, stopped }
  public private(set) var state = State.running

  private let queue: PassQueue
  private var generator: SeededRandom
  private var passIsScheduled = false
  private var missed: [() -> Void] = []
  private(set) var mark: LoopMark!
  private var isStopping = false
  /// Connections that have ended and whose handlers have not heard it yet.
  var ending = 0
  var endpoints: [ObjectIdentifier: SimulatedConnection] = [:]

  /// The longest time between posting to an idle loop and its pass: about what a wake-up costs, in nanoseconds.
  private static let wakeUp: UInt64 = 20_000

  init(_ world: SimulatedWorld, number: Int, host: String, index: Int, identity: PeerIdentity?) {
    self.world = world
    self.host = host
    self.index = index
    self.identity = identity
    clock = world.clock(of: host)
    queue = PassQueue { [unowned world] in world.mailArrived() }
    generator = SeededRandom(seed: world.seed &+ UInt64(number + 1) &* 0x9E37_79B9)
    mark = LoopMark(self, index: index, queue: queue)
  }

  public var token: LoopToken { mark.token }
  public var now: Instant { clock.reading(at: world.now) }
  public func freshNow() -> Instant { now }
  public func timeOnCore() -> Instant { now }
  /// Work takes no virtual time, so there is always time to spare.
  public var lastIdle: Instant { now }
  public func wallClock() -> WallTime {
    WallTime(milliseconds: world.wallClockOffset.milliseconds + world.now.nanoseconds / 1_000_000)
  }
  public func unixNanoseconds() -> UInt64 {
    UInt64(clamping: world.wallClockOffset.milliseconds &* 1_000_000 &+ world.now.nanoseconds)
  }
  public func random() -> UInt64 { generator.next() }

  public func execute(_ work: @escaping @Sendable () -> Void) {
    if isCurrent { queue.append(.call(work)) } else { queue.post(.call(work)) }
  }

  public func deliver(_ delivery: any Delivery) { take(.delivery(delivery)) }

  public func enqueue(_ job: consuming ExecutorJob) { take(.job(UnownedJob(job))) }

  /// The same job as `TaskExecutor` hands it over: nobody's actor, only here by preference.
  @_implements(TaskExecutor,enqueue(_:))
  public func enqueuePreferred(_ job: consuming ExecutorJob) {
    take(CurrentLoop.resumesActors ? .job(UnownedJob(job)) : .task(UnownedJob(job)))
  }

  @inline(__always)
  private func take(_ work: PassQueue.Work) {
    if isCurrent { queue.append(work) } else { queue.postWithPass(work) }
  }

  public func checkIsolated() { precondition(isCurrent, "not on loop \(index) of \(host)") }
  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  @discardableResult
  public func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer {
    checkIsolated()
    let due = now + max(delay, .zero)
    var timer: LoopTimer?
    let added = add(at: clock.instant(of: due, now: world.now)) { [weak self] in self?.fire(timer, due, work) }
    timer = added
    return added
  }

  /// A machine that stood still finds its timers with as much time left as before.
  private func fire(_ timer: LoopTimer?, _ due: Instant, _ work: @escaping () -> Void) {
    // It may have been due while the process was paused, and been cancelled by what came in meanwhile.
    guard let timer, !timer.isCancelled else { return }
    guard now < due else { return work() }
    world.putBack(timer, until: clock.instant(of: due, now: world.now)) { [weak self] in
      self?.dispatch { self?.fire(timer, due, work) }
    }
  }

  public func atEndOfPass(_ flusher: any EndOfPass) { queue.append(flusher) }

  public func listen(
    on address: SocketAddress, security: TLSContext?,
    accept: @escaping (any Connection) -> (any ConnectionHandler)?
  ) throws(NetError) -> any Listener {
    checkIsolated()
    if isStopping { throw .cannotListen(address, "the event loop is stopping") }
    return try world.network.listen(self, on: address, accept: accept)
  }

  public func connect(
    to address: SocketAddress, security: TLSContext?, expecting: PeerIdentity?, handler: any ConnectionHandler
  ) -> any Connection {
    checkIsolated()
    let connection = world.network.connect(self, to: address, expecting: expecting, handler: handler)
    if isStopping { (connection as? SimulatedConnection)?.end(.loopStopped) }
    return connection
  }

  /// Runs `body` on the loop right now, and the pass that follows it. For the test, between events.
  public func perform<Value>(_ body: () throws -> Value) rethrows -> Value {
    precondition(CurrentLoop.index == nil || isCurrent, "perform is for the test, not for another loop")
    return try enter(body)
  }

  public func stop() {
    world.schedule(after: .zero) { [self] in
      guard state != .stopped, !isStopping else { return }
      isStopping = true
      enter { for endpoint in sortedEndpoints { endpoint.end(.loopStopped) } }
      dieWhenAllHaveHeard()
    }
  }

  /// Handlers that hear `closed` may connect once more, and are then told that the loop stops.
  private func dieWhenAllHaveHeard() {
    world.schedule(after: .zero) { [self] in
      if ending > 0, state == .running { dieWhenAllHaveHeard() } else { die() }
    }
  }

  // MARK: for the world and the network

  var hasMail: Bool { queue.hasMail }
  var sortedEndpoints: [SimulatedConnection] { endpoints.values.sorted { $0.number < $1.number } }

  /// Work that runs on this loop at `instant`; later if the process is paused then, never if it is dead.
  func add(at instant: Instant, _ work: @escaping () -> Void) -> LoopTimer {
    world.add(at: instant) { [weak self] in self?.dispatch(work) }
  }

  func dispatch(_ work: @escaping () -> Void) {
    switch state {
    case .running: enter(work)
    case .paused: missed.append(work)
    case .stopped: break
    }
  }

  func schedulePass() {
    guard !passIsScheduled, state != .stopped else { return }
    passIsScheduled = true
    let delay = Duration.nanoseconds(Int64(generator.next() % Self.wakeUp))
    _ = add(at: world.now + delay) { [self] in passIsScheduled = false }  // entering drains
  }

  func pause() { if state == .running { state = .paused } }

  func resume() {
    guard state == .paused else { return }
    state = .running
    let late = missed
    missed = []
    for work in late { _ = add(at: world.now, work) }
  }

  /// The process is gone: nothing of it runs any more.
  func die() {
    state = .stopped
    missed = []
    endpoints = [:]
    queue.close()
    queue.removeAll()
    world.network.forgetListeners(of: self)
  }

  /// The world is going away: lets go of everything, so that nothing keeps itself alive.
  func dissolve() {
    for endpoint in endpoints.values { endpoint.dissolve() }
    endpoints = [:]
    state = .stopped
    queue.close()
    queue.removeAll()
  }

  private func enter<Value>(_ body: () throws -> Value) rethrows -> Value {
    let previous = CurrentLoop.enter(mark)
    defer {
      if !queue.drain(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor()) { schedulePass() }
      CurrentLoop.leave(to: previous)
    }
    world.note(UInt64(index))
    return try body()
  }
}
