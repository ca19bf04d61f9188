// The real loop: a thread that runs libuv and is at the same time the executor of its actors. This file is its life and its
// face; passes are in UVLoop+Passes, sockets in UVListener and UVConnection.
import CLibuv
import Glibc
import Synchronization

/// An event loop on a thread of its own. Runs until `stop()`; make one a core and keep it for the process's life.
public final class UVLoop: EventLoop, @unchecked Sendable {
  // Sound because all state belongs to the loop's thread; other threads reach the constants, `queue`'s locked mailbox,
  // `thread` (locked) and uv_async_send, which libuv allows from anywhere.
  public let index: Int
  let name: String
  private let isPinned: Bool
  let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
  let wakeUp = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
  let beforePoll = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
  let keepBusy = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
  let alarm = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)

  let queue: PassQueue
  let timers = TimerQueue()
  var time: Instant
  var alarmSetFor: Instant?
  var isDry = true
  public internal(set) var lastIdle: Instant
  /// When libuv was left to look at its sockets; nil once it has called back.
  var pollBegan: Instant?
  private var generator: SeededRandom
  private(set) var mark: LoopMark!  // set before anybody else sees the loop
  private var ownToken: LoopToken!  // with `mark`, and not through it: other loops would count references to that
  private let thread = Mutex<uv_thread_t?>(nil)

  /// What arrives and what leaves, for one callback at a time: connections that idle hold no buffers.
  let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: UVConnection.readSize, alignment: 16)
  let plainBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: UVConnection.plainSize, alignment: 16)
  let wire = WireBuffer(capacity: 128 << 10)
  let chunks = ChunkPool()

  var residents: [ObjectIdentifier: any LoopResident] = [:]
  var isStopping = false
  var hasClosedCore = false

  /// Starts a loop on a new thread called `name` (15 bytes of it show in `top`).
  ///
  /// - Parameter isPinned: keeps the thread on one core: the `index`-th of those that the process may use, or none when it has fewer.
  public static func start(index: Int, name: String, isPinned: Bool = false) throws(NetError) -> UVLoop {
    _ = ignoresBrokenPipes
    let loop = try UVLoop(index: index, name: name, isPinned: isPinned)
    let argument = Unmanaged.passRetained(loop)
    var thread = uv_thread_t()
    let failure = uv_thread_create(&thread, { Unmanaged<UVLoop>.fromOpaque($0!).takeRetainedValue().run() }, argument.toOpaque())
    if failure != 0 {
      argument.release()
      throw .system("Cannot start a thread", UVError.sentence(failure))
    }
    let started = thread
    loop.thread.withLock { $0 = started }
    return loop
  }

  private init(index: Int, name: String, isPinned: Bool) throws(NetError) {
    self.index = index
    self.name = name
    self.isPinned = isPinned
    time = SystemClock.boot()
    lastIdle = time
    nonisolated(unsafe) let wakeUp = wakeUp  // libuv allows this one function from any thread; the queue is closed before the handle
    queue = PassQueue { uv_async_send(wakeUp) }
    var seed: UInt64 = 0
    guard uv_random(nil, nil, &seed, MemoryLayout<UInt64>.size, 0, nil) == 0 else {
      throw .system("Cannot seed the event loop", "the system gave no random bytes")
    }
    generator = SeededRandom(seed: seed)
    let failure = uv_loop_init(uv)
    if failure != 0 { throw .system("Cannot make an event loop", UVError.sentence(failure)) }
    mark = LoopMark(self, index: index, queue: queue)
    ownToken = mark.token
    try prepareCore()
  }

  deinit {
    thread.withLock { if let left = $0 { pthread_detach(left) } }
    uv.deallocate()
    wakeUp.deallocate()
    beforePoll.deallocate()
    keepBusy.deallocate()
    alarm.deallocate()
    readBuffer.deallocate()
    plainBuffer.deallocate()
  }

  private func run() {
    ThreadName.set(name)
    if isPinned { CoreSet.pin(to: index) }
    CurrentLoop.enter(mark)
    repeat {
      uv_run(uv, UV_RUN_DEFAULT)
      drain()  // what the last `closed` has caused; it may open handles, which are closed at once
    } while uv_loop_alive(uv) != 0
    queue.removeAll()
    let failure = uv_loop_close(uv)
    precondition(failure == 0, "loop \(index) ended with open handles: \(UVError.sentence(failure))")
  }

  // MARK: EventLoop

  public var token: LoopToken { ownToken }
  public var now: Instant { time }
  public func freshNow() -> Instant { SystemClock.boot() }
  public func timeOnCore() -> Instant { SystemClock.ofThread() }
  public func wallClock() -> WallTime { SystemClock.wall() }
  public func unixNanoseconds() -> UInt64 { SystemClock.unixNanoseconds() }
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

  public func checkIsolated() { precondition(isCurrent, "not on loop \(index)") }
  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  @discardableResult
  public func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer {
    checkIsolated()
    return timers.add(at: time + max(delay, .zero), work)
  }

  public func atEndOfPass(_ flusher: any EndOfPass) { queue.append(flusher) }

  public func listen(
    on address: SocketAddress, security: TLSContext?,
    accept: @escaping (any Connection) -> (any ConnectionHandler)?
  ) throws(NetError) -> any Listener {
    checkIsolated()
    if isStopping { throw .cannotListen(address, "the event loop is stopping") }
    return try UVListener(self, on: address, security: security, accept: accept)
  }

  public func connect(
    to address: SocketAddress, security: TLSContext?, expecting: PeerIdentity?, handler: any ConnectionHandler
  ) -> any Connection {
    checkIsolated()
    precondition(expecting == nil || security != nil, "a peer can be expected only with TLS")
    let connection = UVConnection(self, handler: handler)
    if isStopping {
      connection.loopStops()
      return connection
    }
    connection.connect(to: address, security: security, expecting: expecting)
    return connection
  }

  public func stop() { execute { [self] in beginStopping() } }

  /// Waits until a stopped loop's thread has ended. Not from the loop itself; a second call returns at once.
  public func join() {
    precondition(!isCurrent, "a loop cannot wait for itself")
    var waitFor = thread.withLock { $0.take() }
    if waitFor != nil { uv_thread_join(&waitFor!) }
  }

  /// Listeners, connections and signal watchers that are not closed yet. For tests, on the loop or after its end.
  package var residentCount: Int { residents.count }

  /// A peer that is gone must show as an error of the write, not as a signal that ends the process.
  private static let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()
}

/// Something that lives on a loop and must be closed before the loop may end.
protocol LoopResident: AnyObject {
  func loopStops()
}
