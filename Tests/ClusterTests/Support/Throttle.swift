// A process that gets a small part of a core, without privileges: it is stopped most of the time. A few callers then ask more than it can
// do, and the machine has hands free for them. How long it runs is counted in its own time: what those callers take of the machine would
// else be taken from it, and it could do less the more it is asked.

import Foundation
import Synchronization

final class Throttle: Sendable {
  /// Microseconds, of its own time. The longest stand is short beside a lease, and beside what a call may wait.
  static let runs: UInt32 = 1_000
  /// So often such a time it may take until it has had it. One that has nothing to do never has.
  static let longestRun = 20
  static let longestStand = 100_000

  private let process: Int32
  private let stand = Atomic(9_000)
  private let isNearEnd = Atomic(false)
  private let ended: AsyncStream<Void>
  private let end: AsyncStream<Void>.Continuation

  init(_ process: Int32) {
    self.process = process
    (ended, end) = AsyncStream<Void>.makeStream()
  }

  private func run() {
    while !isNearEnd.load(ordering: .relaxed) {
      kill(process, SIGSTOP)
      usleep(UInt32(stand.load(ordering: .relaxed)))
      let start = ownTime()
      kill(process, SIGCONT)
      for _ in 0..<Self.longestRun {
        usleep(Self.runs)
        if ownTime() - start >= Int(Self.runs) { break }
      }
    }
    end.finish()
  }

  /// Microseconds that it has had a core.
  private func ownTime() -> Int {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
  }

  /// Stands twice as long from now on; false when it does so already as long as it may.
  func stepDown() -> Bool {
    let now = stand.load(ordering: .relaxed)
    stand.store(min(now * 2, Self.longestStand), ordering: .relaxed)
    return now < Self.longestStand
  }

  /// Holds `process` back while `body` runs, and never leaves it stopped.
  static func hold(_ process: Int32, during body: (Throttle) async throws -> Void) async throws {
    let throttle = Throttle(process)
    Thread.detachNewThread { throttle.run() }
    defer { throttle.isNearEnd.store(true, ordering: .relaxed) }
    try await body(throttle)
    throttle.isNearEnd.store(true, ordering: .relaxed)
    for await _ in throttle.ended {}
  }
}
