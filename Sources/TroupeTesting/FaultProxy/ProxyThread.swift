// The thread of a proxy: it polls, and lets the state do the rest. Nobody else touches a descriptor without the state's lock.
import Glibc
import Synchronization
import TroupeNet

final class ProxyThread: Sendable {
  private let state: Mutex<ProxyState>
  /// A byte written to the one end wakes the thread, which polls the other.
  private let alarm: (heard: Int32, rung: Int32)
  private let thread = Mutex<pthread_t?>(nil)

  private init(_ state: consuming ProxyState, alarm: (heard: Int32, rung: Int32)) {
    self.state = Mutex(state)
    self.alarm = alarm
  }

  static func start(_ listener: ProxyListener, target: sockaddr_storage, _ faults: ProxyFaults, seed: UInt64) throws(NetError)
    -> ProxyThread
  {
    var pair: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
      throw .system("Cannot make a fault proxy", ProxySystemError(code: errno).description)
    }
    let state = ProxyState(listener, target: target, alarm: pair[0], faults, seed: seed)
    let proxy = ProxyThread(state, alarm: (pair[0], pair[1]))
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(proxy)
    let failure = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { preconditionFailure("the thread was started without its proxy") }
        Unmanaged<ProxyThread>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    guard failure == 0 else {
      argument.release()
      close(pair[0])
      close(pair[1])
      throw .system("Cannot start a thread", ProxySystemError(code: failure).description)
    }
    let started = thread
    proxy.thread.withLock { $0 = started }
    return proxy
  }

  private func run() {
    ThreadName.set("fault-proxy")
    while var watch = state.withLock({ $0.isStopping ? nil : $0.watch(now: SystemClock.boot()) }) {
      let count = poll(&watch.descriptors, nfds_t(watch.descriptors.count), watch.timeout)
      precondition(count >= 0 || errno == EINTR || errno == ENOMEM, "poll failed: \(ProxySystemError(code: errno))")
      let seen = watch
      state.withLock { $0.handle(seen, now: SystemClock.boot()) }
    }
  }

  /// Runs `body` on the state, and lets the thread see what has changed.
  func change(_ body: (inout ProxyState, Instant) -> Void) {
    let wasRunning = state.withLock { state in
      guard !state.isStopping else { return false }
      body(&state, SystemClock.boot())
      return true
    }
    if wasRunning { ring() }
  }

  func read<T: Sendable>(_ body: (borrowing ProxyState) -> T) -> T { state.withLock { body($0) } }

  /// Returns whether the condition came true before the proxy stopped.
  func until(_ condition: @escaping @Sendable (FaultProxyStatistics) -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
      let isTaken = state.withLock { state in
        guard !state.isStopping else { return false }
        state.wait(ProxyState.Waiter(condition: condition, continuation: continuation))
        return true
      }
      if !isTaken { continuation.resume(returning: false) }
    }
  }

  /// Ends the thread and closes everything. Returns when that is done; the second caller waits for the first.
  func stop() {
    thread.withLock { thread in
      guard let running = thread else { return }
      thread = nil
      state.withLock { $0.stop() }
      ring()
      pthread_join(running, nil)
      state.withLock { $0.close() }
      close(alarm.heard)
      close(alarm.rung)
    }
  }

  /// A full socket means that the alarm rings already.
  private func ring() {
    var byte: UInt8 = 1
    send(alarm.rung, &byte, 1, Int32(MSG_NOSIGNAL))
  }
}
