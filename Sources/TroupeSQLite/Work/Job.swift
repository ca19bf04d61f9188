// One call of the store in a worker's queue. It is answered exactly once: by the worker when its transaction is committed, or by
// the watch when its time is up.
import Synchronization
import TroupeJournal

/// What a worker sees of a call. `Bench` is what it works on, on the worker's thread.
protocol Job<Bench>: AnyObject, Sendable {
  associatedtype Bench
  /// What the caller wanted, for the sentence of a timeout.
  var what: String { get }
  var expires: ContinuousClock.Instant { get }
  /// Rows that it writes, about: bounds what one transaction takes.
  var weight: Int { get }
  /// Does it, inside a transaction, and keeps what came of it. Throws when the transaction must be rolled back.
  func run(on bench: Bench) throws(SQLiteFailure)
  /// Answers with what came of it. After the commit.
  func finish()
  func fail(_ error: StoreError)
}

final class Call<Bench, Value: Sendable>: Job {
  typealias Body = @Sendable (Bench) throws -> Value
  typealias Waiter = UnsafeContinuation<Result<Value, StoreError>, Never>

  let what: String
  let expires: ContinuousClock.Instant
  let weight: Int
  private let body: Body
  private let state: Mutex<State>

  private struct State {
    var waiter: Waiter?
    var result: Result<Value, StoreError>?
  }

  /// `body` throws `StoreError` only while it has written nothing, and `SQLiteFailure` for the whole transaction.
  init(_ what: String, weight: Int, within limit: Duration, waiter: Waiter, _ body: @escaping Body) {
    self.what = what
    self.weight = weight
    self.body = body
    expires = .now + limit
    state = Mutex(State(waiter: waiter))
  }

  func run(on bench: Bench) throws(SQLiteFailure) {
    // Nobody waits any more: what need not be done late is not.
    guard state.withLock({ $0.waiter != nil }) else { return }
    let result: Result<Value, StoreError>
    do {
      result = .success(try body(bench))
    } catch let error as StoreError {
      result = .failure(error)
    } catch {
      throw error as? SQLiteFailure ?? SQLiteFailure(error)
    }
    state.withLock { $0.result = result }
  }

  func finish() {
    let (waiter, result) = state.withLock { state in
      defer { state = State() }
      return (state.waiter, state.result)
    }
    if let waiter, let result { waiter.resume(returning: result) }
  }

  func fail(_ error: StoreError) {
    let waiter = state.withLock { $0.waiter.take() }
    waiter?.resume(returning: .failure(error))
  }
}
