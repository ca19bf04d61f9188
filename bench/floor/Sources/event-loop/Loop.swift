// A libuv loop that is the executor of actors: jobs are drained before polling and after each read, and links are flushed
// once at the end of a drain. A measuring stick, not a runtime: it leaks, and knows neither limits nor errors.
import CUV
import Foundation
import Synchronization

final class Loop: SerialExecutor, TaskExecutor, @unchecked Sendable {
  let handle = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
  private let prepare = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
  private let fromOutside = Mutex<[UnownedJob]>([])
  private var jobs: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private var thread: pthread_t = 0
  var unflushed: [Connection] = []

  init() {
    uv_loop_init(handle)
    wake.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    uv_async_init(handle, wake) { Unmanaged<Loop>.fromOpaque($0!.pointee.data).takeUnretainedValue().drain() }
    uv_prepare_init(handle, prepare)
    prepare.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    uv_prepare_start(prepare) { Unmanaged<Loop>.fromOpaque($0!.pointee.data).takeUnretainedValue().drain() }
  }

  @inline(__always) private var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent { return jobs.append(job) }
    let first = fromOutside.withLock { queue in
      queue.append(job)
      return queue.count == 1
    }
    if first { uv_async_send(wake) }
  }

  func drain() {
    while true {
      let outside = fromOutside.withLock { queue -> [UnownedJob] in
        let taken = queue
        queue = []
        return taken
      }
      jobs.append(contentsOf: outside)
      if jobs.isEmpty { break }
      swap(&jobs, &running)
      for job in running { job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor()) }
      running.removeAll(keepingCapacity: true)
    }
    for connection in unflushed { connection.flush() }
    unflushed.removeAll(keepingCapacity: true)
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
  func checkIsolated() { precondition(isCurrent) }

  func run() {
    thread = pthread_self()
    uv_run(handle, UV_RUN_DEFAULT)
  }
}
