// A call of the store on its way through a session: made by its caller, then touched on the store's loop only.
import TroupeJournal
import TroupeNet

protocol Call: Delivery {
  var what: String { get }
  var expires: Instant { get }
  /// Rows that it writes; reads weigh what they like.
  var weight: Int { get }
  var bytes: Int { get }
  /// Whether something may have been done when the connection is lost.
  var isWrite: Bool { get }
  /// What it asks, when it is no append; appends are gathered.
  var queries: [Query] { get }
  var batches: [AppendBatch] { get }

  /// After the commit. `rows`: what its queries were answered. `admitted`: of its batches.
  func finish(_ rows: ArraySlice<Rows>, admitted: ArraySlice<Bool>)
  func fail(_ error: StoreError)
}

// Sound because its caller hands it over and forgets it; from then on only the store's loop touches it.
final class StoreCall<Value: Sendable>: Call, @unchecked Sendable {
  typealias Waiter = UnsafeContinuation<Result<Value, StoreError>, Never>

  let what: String
  let expires: Instant
  let weight: Int
  let bytes: Int
  let isWrite: Bool
  let queries: [Query]
  let batches: [AppendBatch]
  private let session: LoopBound<Session>
  private let read: @Sendable (ArraySlice<Rows>, ArraySlice<Bool>) throws -> Value
  private var waiter: Waiter?

  /// `read` throws `StoreError`.
  init(
    _ what: String, on session: LoopBound<Session>, within limit: Duration, isWrite: Bool, weight: Int = 1, queries: [Query] = [],
    batches: [AppendBatch] = [], waiter: Waiter, read: @escaping @Sendable (ArraySlice<Rows>, ArraySlice<Bool>) throws -> Value
  ) {
    (self.what, self.session, self.isWrite, self.weight) = (what, session, isWrite, weight)
    (self.queries, self.batches, self.waiter, self.read) = (queries, batches, waiter, read)
    bytes =
      queries.reduce(0) { $0 + $1.parameters.bytes.count }
      + batches.reduce(0) { $0 + $1.records.reduce(0) { $0 + $1.payload.count + $1.entity.utf8.count } }
    expires = session.loop.freshNow() + limit
  }

  func arrive() { session.value.take(self) }

  func finish(_ rows: ArraySlice<Rows>, admitted: ArraySlice<Bool>) {
    // Nobody waits any more: it was told that the outcome is unknown.
    guard let waiter else { return }
    self.waiter = nil
    do {
      waiter.resume(returning: .success(try read(rows, admitted)))
    } catch {
      waiter.resume(returning: .failure(error as? StoreError ?? .corrupt("\(error)")))
    }
  }

  func fail(_ error: StoreError) {
    waiter?.resume(returning: .failure(error))
    waiter = nil
  }
}
