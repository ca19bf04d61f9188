// Calls on their way to a worker's thread, in order. Callers never block: they hold the lock for an append to an array, and wake
// the worker only when it may sleep.
import Dispatch
import Synchronization
import TroupeJournal

final class WorkQueue<Bench>: Sendable {
  /// Rows that one transaction takes: so long may other processes wait for the write lock, a few milliseconds.
  static var groupWeight: Int { 4_096 }

  private struct State {
    var waiting: [any Job<Bench>] = []
    var running: [any Job<Bench>] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)

  func add(_ job: any Job<Bench>) {
    let (refusal, wasEmpty): (StoreError?, Bool) = state.withLock { state in
      guard !state.isClosed else { return (.closed, false) }
      guard state.waiting.count < StoreLimits.queuedCalls else {
        return (.unavailable("\(StoreLimits.queuedCalls) calls wait for the disk already"), false)
      }
      state.waiting.append(job)
      return (nil, state.waiting.count == 1)
    }
    if let refusal { job.fail(refusal) } else if wasEmpty { filled.signal() }
  }

  /// Blocks until calls wait. False once the queue is closed and empty.
  func waitForWork() -> Bool {
    while true {
      let (isEmpty, isClosed) = state.withLock { ($0.waiting.isEmpty, $0.isClosed) }
      if !isEmpty { return true }
      if isClosed { return false }
      filled.wait()
    }
  }

  /// What one transaction may do, oldest first; from now on these are running. Empty when their time was up meanwhile.
  func take() -> [any Job<Bench>] {
    state.withLock { state in
      guard !state.waiting.isEmpty else { return [] }
      var weight = 0
      let count = state.waiting.firstIndex { job in
        weight += job.weight
        return weight > Self.groupWeight
      }
      let taken = max(1, count ?? state.waiting.count)
      state.running = Array(state.waiting[..<taken])
      state.waiting.removeFirst(taken)
      return state.running
    }
  }

  func ended() {
    state.withLock { $0.running = [] }
  }

  /// Answers whose time is up. Who still waits was not begun, and never will be.
  func expire(_ now: ContinuousClock.Instant) {
    let (late, running) = state.withLock { state in
      let late = state.waiting.filter { $0.expires <= now }
      if !late.isEmpty { state.waiting.removeAll { $0.expires <= now } }
      return (late, state.running.filter { $0.expires <= now })
    }
    for job in late { job.fail(.unavailable("\(job.what) waited too long for its turn; nothing was done")) }
    for job in running { job.fail(.timeout(job.what)) }
  }

  /// What waits is still done; nothing more is taken.
  func close() {
    state.withLock { $0.isClosed = true }
    filled.signal()
  }
}
