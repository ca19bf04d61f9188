// Passes of the real loop: each callback of libuv does its own, then drains jobs and flushers, so that a frame, the entity that
// it calls and the answer's write happen in one go. Before libuv polls, everything is drained once more.
import CLibuv
import Glibc

extension UVLoop {
  /// Runs a callback of libuv: fresh time, the body, then everything that it has caused.
  @inline(__always)
  func pass(_ body: () -> Void) {
    time = SystemClock.boot()
    if let began = pollBegan { noteIdle(since: began) }
    body()
    drain()
  }

  /// Longer than this in a poll is waiting, and not looking at sockets that are ready.
  private static var shortestWait: Duration { .microseconds(100) }

  private func noteIdle(since began: Instant) {
    pollBegan = nil
    if time - began > Self.shortestWait { lastIdle = time }
  }

  /// Marks the turns that this loop runs, from now on. On loop only.
  public func watchTurns() -> TurnMark {
    let mark = TurnMark()
    queue.mark = mark
    return mark
  }

  func drain() {
    isDry = queue.drain(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
  }

  static func of(_ handle: UnsafeMutableRawPointer?) -> UVLoop {
    guard let handle else { preconditionFailure("libuv called back without a loop") }
    return Unmanaged<UVLoop>.fromOpaque(handle).takeUnretainedValue()
  }

  func prepareCore() throws(NetError) {
    let me = Unmanaged.passUnretained(self).toOpaque()
    let failure = uv_async_init(uv, wakeUp) { handle in UVLoop.of(handle?.pointee.data).pass {} }
    if failure != 0 {
      uv_loop_close(uv)
      throw .system("Cannot make an event loop", UVError.sentence(failure))
    }
    uv_prepare_init(uv, beforePoll)
    uv_idle_init(uv, keepBusy)
    uv_timer_init(uv, alarm)
    wakeUp.pointee.data = me
    beforePoll.pointee.data = me
    keepBusy.pointee.data = me
    alarm.pointee.data = me
    uv_prepare_start(beforePoll) { handle in UVLoop.of(handle?.pointee.data).willPoll() }
  }

  private func willPoll() {
    pass {}
    if isStopping, residents.isEmpty { return closeCore() }
    // An idle handle keeps libuv from blocking while jobs are left over.
    if isDry { uv_idle_stop(keepBusy) } else { uv_idle_start(keepBusy) { _ in } }
    setAlarm()
    pollBegan = hasWorkLeft ? nil : SystemClock.boot()
  }

  /// A loop that has not waited for this long looks whether something is ready before it polls.
  private static var longBusy: Duration { .milliseconds(10) }

  /// Whether there is something to do already, so that the poll that follows is no waiting however long it takes. A thread that loses its
  /// core in it (to others, to a limit, to a signal) seems to have had nothing to do, just where it has far too much.
  private var hasWorkLeft: Bool {
    guard isDry else { return true }
    let now = SystemClock.boot()
    guard now - lastIdle > Self.longBusy else { return false }
    if let earliest = timers.earliest, earliest <= now { return true }
    var sockets = pollfd(fd: uv_backend_fd(uv), events: Int16(POLLIN), revents: 0)
    return poll(&sockets, 1, 0) > 0
  }

  // MARK: timers

  private func setAlarm() {
    guard let earliest = timers.earliest else {
      if alarmSetFor != nil { uv_timer_stop(alarm) }
      alarmSetFor = nil
      return
    }
    if alarmSetFor == earliest { return }
    alarmSetFor = earliest
    let wait = max(0, (earliest - freshNow()).wholeNanoseconds)
    uv_update_time(uv)
    let milliseconds = UInt64(wait / 1_000_000) + (wait % 1_000_000 == 0 ? 0 : 1)
    uv_timer_start(alarm, { handle in UVLoop.of(handle?.pointee.data).fireTimers() }, milliseconds, 0)
  }

  private func fireTimers() {
    alarmSetFor = nil
    pass {
      // No more than there are now: a timer that sets itself again for this instant waits for the next pass.
      for _ in 0..<timers.count {
        guard let work = timers.popDue(at: time) else { break }
        work()
      }
    }
  }

  // MARK: stopping

  func beginStopping() {
    guard !isStopping else { return }
    isStopping = true
    for resident in Array(residents.values) { resident.loopStops() }
    timers.removeAll()
  }

  private func closeCore() {
    guard !hasClosedCore else { return }
    hasClosedCore = true
    queue.close()  // from here on nobody touches `wakeUp`
    drain()
    for handle in [UnsafeMutableRawPointer(wakeUp), .init(beforePoll), .init(keepBusy), .init(alarm)] {
      uv_close(handle.assumingMemoryBound(to: uv_handle_t.self), nil)
    }
  }
}

/// Sentences for libuv's error numbers.
enum UVError {
  static func sentence(_ code: Int32) -> String { String(cString: uv_strerror(code)) }
}
