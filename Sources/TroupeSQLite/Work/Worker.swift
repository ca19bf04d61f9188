// A thread with a connection: calls of the store run here, so that no loop ever waits for a disk. This is the one place below
// the gateway where a thread of our own waits for a lock, because SQLite offers nothing else.
import Foundation
import GRDB
import Synchronization
import TroupeJournal

/// What stands on a worker's thread: the connection's statements, and how a group of calls becomes a transaction.
protocol Workbench: AnyObject, SendableMetatype {
  /// Does what waits, and answers it. `take` is to be called once, as late as it can be: what is not taken can still be refused
  /// with nothing done, and joins the group while it waits for a lock.
  func work(_ take: () -> [any Job<Self>])
  /// When the group has been answered and more may wait: what need not be on anybody's path.
  func tidy()
}

extension Workbench {
  func tidy() {}
}

final class Worker<Bench: Workbench>: Sendable {
  private let queue = WorkQueue<Bench>()
  private let limit: Duration
  private let end = Mutex(End())

  private struct End {
    var isReached = false
    /// Who closes, and until when they wait.
    var waiters: [UnsafeContinuation<Void, Never>] = []
    var expires: ContinuousClock.Instant?

    mutating func takeWaiters() -> [UnsafeContinuation<Void, Never>] {
      defer { waiters = [] }
      return waiters
    }
  }

  typealias Equip = @Sendable (Database) throws(SQLiteFailure) -> Bench

  init(_ name: String, _ file: DatabaseQueue, limit: Duration, _ equip: @escaping Equip) {
    self.limit = limit
    let thread = Thread { [queue, self] in
      file.inDatabase { db in Self.work(on: db, queue, equip) }
      try? file.close()
      let waiters = end.withLock { end in
        end.isReached = true
        return end.takeWaiters()
      }
      for waiter in waiters { waiter.resume() }
    }
    thread.name = name
    thread.start()
  }

  private static func work(on db: Database, _ queue: WorkQueue<Bench>, _ equip: Equip) {
    do throws(SQLiteFailure) {
      let bench = try equip(db)
      while queue.waitForWork() {
        bench.work(queue.take)
        queue.ended()
        bench.tidy()
      }
    } catch {
      // The file is not what was opened: nothing can be done here until somebody looks at it.
      let failure = error.storeError(in: db.configuration.label ?? "the store")
      while queue.waitForWork() {
        for job in queue.take() { job.fail(failure) }
        queue.ended()
      }
    }
  }

  nonisolated(nonsending) func call<Value: Sendable>(
    _ what: String, weight: Int = 1, _ body: @escaping @Sendable (Bench) throws -> Value
  ) async throws(StoreError) -> Value {
    try await withUnsafeContinuation { queue.add(Call(what, weight: weight, within: limit, waiter: $0, body)) }.get()
  }

  func expire(_ now: ContinuousClock.Instant) {
    queue.expire(now)
    let waiters = end.withLock { end in end.expires.map { $0 <= now } == true ? end.takeWaiters() : [] }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until what was taken is done, but no longer than a call would: a thread that stands behind another process's lock
  /// is left there.
  nonisolated(nonsending) func close() async {
    queue.close()
    await withUnsafeContinuation { continuation in
      let isReached = end.withLock { end in
        guard !end.isReached else { return true }
        end.waiters.append(continuation)
        end.expires = .now + limit
        return false
      }
      if isReached { continuation.resume() }
    }
  }
}
