// An event loop without a thread, a network and a past: made anew for each input, because nothing of one may reach the next. What
// `SimulatedLoop` does for a world of many, without the world.
import TroupeNet

final class FuzzLoop: EventLoop, @unchecked Sendable {
  // Sound because one thread runs everything.
  let index = 0
  private(set) var now = Instant(nanoseconds: 3_600_000_000_000)
  /// Gets the connections that are dialled.
  var dial: (FuzzConnection) -> Void = { _ in }

  private let queue = PassQueue {}
  private let timers = TimerQueue()
  private var mark: LoopMark!
  private var random64: UInt64 = 0x9E37_79B9_7F4A_7C15

  init() { mark = LoopMark(self, index: 0, queue: queue) }

  var token: LoopToken { mark.token }
  func freshNow() -> Instant { now }
  func timeOnCore() -> Instant { now }
  var lastIdle: Instant { now }
  func wallClock() -> WallTime { WallTime(milliseconds: 1_767_225_600_000) }
  func unixNanoseconds() -> UInt64 { 1_767_225_600_000_000_000 }
  func random() -> UInt64 {
    random64 = random64 &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return random64
  }

  func execute(_ work: @escaping @Sendable () -> Void) { queue.append(.call(work)) }
  func later(_ work: @escaping () -> Void) { queue.append(.call(work)) }
  func deliver(_ delivery: any Delivery) { queue.append(.delivery(delivery)) }
  func enqueue(_ job: consuming ExecutorJob) { queue.append(.job(UnownedJob(job))) }

  @_implements(TaskExecutor,enqueue(_:))
  func enqueuePreferred(_ job: consuming ExecutorJob) {
    queue.append(CurrentLoop.resumesActors ? .job(UnownedJob(job)) : .task(UnownedJob(job)))
  }

  func checkIsolated() { precondition(isCurrent, "not on the loop") }
  func isIsolatingCurrentContext() -> Bool? { isCurrent }

  func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer { timers.add(at: now + delay, work) }
  func atEndOfPass(_ flusher: any EndOfPass) { queue.append(flusher) }

  func listen(
    on address: SocketAddress, security: TLSContext?, accept: @escaping (any Connection) -> (any ConnectionHandler)?
  ) throws(NetError) -> any Listener {
    throw .cannotListen(address, "nobody listens here")
  }

  func connect(
    to address: SocketAddress, security: TLSContext?, expecting: PeerIdentity?, handler: any ConnectionHandler
  ) -> any Connection {
    let connection = FuzzConnection(on: self, handler: handler)
    dial(connection)
    return connection
  }

  func stop() {}

  /// Runs `body` and the pass that follows it.
  func run(_ body: () -> Void) {
    let previous = CurrentLoop.enter(mark)
    body()
    while !queue.drain(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor()) {}
    CurrentLoop.leave(to: previous)
  }

  /// Lets time pass, and what falls due in it happen.
  func advance(by duration: Duration) {
    let end = now + duration
    while let due = timers.earliest, due <= end {
      now = max(now, due)
      run { timers.popDue(at: now)?() }
    }
    now = end
  }

  /// Timers that nobody has cancelled.
  var pendingTimers: Int { timers.count }
}
