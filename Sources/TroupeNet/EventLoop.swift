// The one seam between the runtime and the world: time, randomness, timers, jobs and connections all come from here.
// `UVLoop` is the real one (a thread with libuv), `SimulatedLoop` in TroupeTesting the one in virtual time.

/// One thread's worth of work: the executor of every actor that lives on it, and the owner of its connections and timers.
///
/// Members marked *on loop only* trap when called from elsewhere. Callbacks given to a loop run on it, one at a time,
/// never inside the call that gave them.
///
/// ```swift
/// loop.execute {
///   loop.schedule(after: .seconds(1)) { … }
/// }
/// ```
public protocol EventLoop: SerialExecutor, TaskExecutor {
  /// The loop's number within its process, from 0.
  var index: Int { get }

  /// Tells this loop from all others of the process, for as long as it lives.
  var token: LoopToken { get }

  /// The time at which the callback that is running began. On loop only; a plain load, so it stands still for a whole pass.
  var now: Instant { get }

  /// The time right now, read from the clock: for leases and whatever else must not lag. From any thread.
  func freshNow() -> Instant

  /// How long the loop's thread has had a core, from any beginning: it stands still while the process is stopped, or waits for a core. On loop
  /// only.
  func timeOnCore() -> Instant

  /// When the loop last had nothing to do and waited. On loop only. Long ago means that more comes than it can do.
  var lastIdle: Instant { get }

  /// What a calendar says, to be shown or stored. From any thread.
  func wallClock() -> WallTime
  /// The same as finely as the calendar has it, nanoseconds since 1970: to put what several processes did in one order.
  func unixNanoseconds() -> UInt64

  /// The next number of the loop's generator. On loop only. Seeded once, from the system or from the world's seed;
  /// good for jitter and for choosing, not for secrets.
  func random() -> UInt64

  /// Runs `work` on the loop, after everything that was handed to it before. From any thread.
  ///
  /// Handing over a batch wakes the loop once. Work handed to a loop that has stopped is dropped.
  func execute(_ work: @escaping @Sendable () -> Void)

  /// Lets `delivery` arrive on the loop. For what there may be much of: another loop hands it over at the end of its pass, all at once.
  /// What one loop delivers keeps its order; `execute` may overtake it.
  func deliver(_ delivery: any Delivery)

  /// Runs `work` once, not before `delay` has passed. On loop only. Resolution: a millisecond, rounded up.
  @discardableResult
  func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer

  /// Runs `flusher.passEnded()` once, when what is running now and every job behind it have been done. On loop only.
  ///
  /// This is where links send what a pass has gathered, in one write. A flusher that registers twice runs twice.
  func atEndOfPass(_ flusher: any EndOfPass)

  /// Accepts connections on `address`; port 0 takes a free port (`Listener.address` says which). On loop only.
  ///
  /// - Parameters:
  ///   - security: TLS 1.3 with client certificates; `nil` speaks plain TCP and leaves `Connection.peer` unknown.
  ///   - accept: Called for each connection *before* its handshake. The handler that it returns hears `opened` once the
  ///     peer is known, or only `closed` if the handshake fails. `nil` refuses the connection at once.
  func listen(
    on address: SocketAddress, security: TLSContext?,
    accept: @escaping (any Connection) -> (any ConnectionHandler)?
  ) throws(NetError) -> any Listener

  /// Begins to connect and returns at once; `handler` hears `opened`, or `closed` with the reason. On loop only.
  ///
  /// - Parameter expecting: who must answer; anyone else ends the connection with `.refusedIdentity`. Needs `security`.
  func connect(
    to address: SocketAddress, security: TLSContext?, expecting: PeerIdentity?, handler: any ConnectionHandler
  ) -> any Connection

  /// Closes every connection and listener, forgets the timers and ends the loop. From any thread; returns at once.
  func stop()
}

extension EventLoop {
  /// Whether the caller runs on this loop. A thread-local comparison; costs about a nanosecond.
  public var isCurrent: Bool { CurrentLoop.token == token }
}
