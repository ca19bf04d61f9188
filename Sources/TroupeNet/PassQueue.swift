// What a loop has to do: jobs of the concurrency runtime and closures in one order, a mailbox for other threads, what it has
// gathered for other loops, and the flushers that run once all of it is done. Both loops use it, so both have the same passes.
import Synchronization

/// A loop's work. `post` is for any thread, everything else for the loop's own.
package final class PassQueue: @unchecked Sendable {
  // Sound because other threads reach `mailbox` alone, which is locked; `hasMail` only spares the lock.
  package enum Work: @unchecked Sendable {
    // Sound because what is posted from another thread is a job or a @Sendable closure.
    /// Of an actor that lives on the loop.
    case job(UnownedJob)
    /// Of a task that prefers the loop and is on no actor. Run as an actor's, it would find that it must leave the actor, and
    /// come straight back into this queue: seen as three more jobs a call.
    case task(UnownedJob)
    case call(() -> Void)
    case delivery(any Delivery)
  }

  private struct Mailbox {
    var work: [Work] = []
    var isOpen = true
  }

  /// What this loop's pass has for another loop.
  private struct Parcel {
    let queue: PassQueue
    var work: [Work] = []
  }

  /// A parcel of this size leaves before its pass ends: the other loop can begin, and this one still pays one lock for many.
  private static let parcelLimit = 256

  /// Wakes the loop; runs under the mailbox's lock.
  private let wake: @Sendable () -> Void
  private let mailbox = Mutex(Mailbox())
  private let mail = Atomic(false)
  private var waiting: [Work] = []
  private var running: [Work] = []
  private var flushers: [any EndOfPass] = []
  private var flushing: [any EndOfPass] = []
  private var parcels: [Parcel] = []
  private var isDraining = false
  /// The loop has ended, perhaps in the midst of a pass: nothing runs any more.
  private var isOver = false
  /// Of a turn that begins within a job, and ends or waits with it.
  var mark: TurnMark?

  /// Jobs that one drain runs before the loop looks at its sockets again, so that tasks that yield forever starve nobody.
  package static let budget = 16_384

  package init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  /// Puts work behind everything that waits. On the loop only.
  @inline(__always)
  package func append(_ work: Work) { waiting.append(work) }

  @inline(__always)
  package func append(_ flusher: any EndOfPass) { flushers.append(flusher) }

  /// Puts work behind everything that was posted, from any thread, and wakes the loop if that must be.
  package func post(_ work: Work) {
    mailbox.withLock { mailbox in
      guard mailbox.isOpen else { return }
      mailbox.work.append(work)
      if mailbox.work.count == 1 { announce() }
    }
  }

  /// The same, but from another loop only at the end of that loop's pass, with everything that the pass has for this one: one
  /// lock and one wake-up for all of it.
  package func postWithPass(_ work: Work) {
    if let sender = CurrentLoop.queue { sender.gather(work, for: self) } else { post(work) }
  }

  private func gather(_ work: Work, for queue: PassQueue) {
    let place = parcels.firstIndex { $0.queue === queue } ?? parcels.count
    if place == parcels.count { parcels.append(Parcel(queue: queue)) }
    parcels[place].work.append(work)
    if parcels[place].work.count >= Self.parcelLimit { queue.take(&parcels[place].work) }
  }

  private func take(_ parcel: inout [Work]) {
    mailbox.withLock { mailbox in
      guard mailbox.isOpen else { return }
      guard mailbox.work.isEmpty else { return mailbox.work.append(contentsOf: parcel) }
      // Exchanging costs nothing, where appending counts each closure and holds the lock for as long.
      swap(&mailbox.work, &parcel)
      announce()
    }
    parcel.removeAll(keepingCapacity: true)
  }

  private func announce() {
    mail.store(true, ordering: .releasing)
    wake()
  }

  /// From now on posted work is dropped.
  package func close() {
    mailbox.withLock { $0.isOpen = false }
  }

  /// Drops what is left and what may still come, so that a loop which has ended holds nobody.
  package func removeAll() {
    isOver = true
    waiting = []
    flushers = []
    parcels = []
    mailbox.withLock { $0.work = [] }
  }

  package var hasMail: Bool { mail.load(ordering: .acquiring) }
  package var isEmpty: Bool { waiting.isEmpty && flushers.isEmpty && !hasMail }

  /// Runs everything there is, then the flushers, until nothing is left. Returns whether that was reached within the budget.
  package func drain(isolatedTo executor: UnownedSerialExecutor, taskExecutor: UnownedTaskExecutor) -> Bool {
    if isDraining { return true }
    isDraining = true
    defer { isDraining = false }
    var budget = Self.budget
    while true {
      if isOver {
        removeAll()
        return true
      }
      if hasMail { collect() }
      if waiting.isEmpty {
        handOver()
        if flushers.isEmpty { return true }
        budget -= 1
        flush()
      } else if budget > 0 {
        budget -= waiting.count
        runWaiting(executor, taskExecutor)
      } else {
        handOver()
        flush()
        return false
      }
      if budget <= 0, waiting.isEmpty { return isEmpty }
    }
  }

  private func handOver() {
    for place in parcels.indices where !parcels[place].work.isEmpty { parcels[place].queue.take(&parcels[place].work) }
  }

  private func collect() {
    mailbox.withLock { mailbox in
      mail.store(false, ordering: .relaxed)
      if waiting.isEmpty {
        swap(&waiting, &mailbox.work)
      } else {
        waiting.append(contentsOf: mailbox.work)
        mailbox.work.removeAll(keepingCapacity: true)
      }
    }
  }

  private func runWaiting(_ executor: UnownedSerialExecutor, _ taskExecutor: UnownedTaskExecutor) {
    swap(&waiting, &running)
    for work in running where !isOver {
      switch work {
      case .job(let job):
        job.runSynchronously(isolatedTo: executor, taskExecutor: taskExecutor)
        mark?.clear()
      case .task(let job):
        job.runSynchronously(on: taskExecutor)
        mark?.clear()
      case .call(let call): call()
      case .delivery(let delivery): delivery.arrive()
      }
    }
    running.removeAll(keepingCapacity: true)
  }

  private func flush() {
    swap(&flushers, &flushing)
    for flusher in flushing { flusher.passEnded() }
    flushing.removeAll(keepingCapacity: true)
  }
}
