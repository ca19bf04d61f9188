// One scheduled piece of work. `TimerQueue` orders them; both loops use it.

/// What `EventLoop.schedule` returns. Lives on its loop; letting go of it does not cancel it.
public final class LoopTimer {
  package internal(set) var deadline: Instant
  /// Breaks ties: timers of one deadline fire in the order in which they were scheduled.
  package let sequence: UInt64
  package internal(set) var work: (() -> Void)?
  package private(set) var isCancelled = false
  var slot = -1
  /// While it is scheduled.
  var queue: TimerQueue?

  init(deadline: Instant, sequence: UInt64, work: @escaping () -> Void) {
    self.deadline = deadline
    self.sequence = sequence
    self.work = work
  }

  /// The work will not run, and what it holds is released now. Does nothing once it has run.
  public func cancel() {
    isCancelled = true
    work = nil
    queue?.remove(self)
  }
}
