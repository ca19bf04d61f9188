// Any store, with the faults of real ones: calls that fail, calls that take effect although they failed, calls that take effect long after
// their client gave up. The last is what a runtime on a store must survive above all.
import Synchronization
public import Troupe

/// A `Store` whose calls meet the fate that `judge` decides, in the order in which they come.
///
/// ```swift
/// let store = FaultyStore(MemoryStore()) { operation, number in
///   operation == .append && number == 3 ? .doneBut(.timeout("an append")) : .done
/// }
/// ```
/// `number` counts the calls of an operation from 0.
public final class FaultyStore: StoreRelay {
  public typealias Judge = @Sendable (_ operation: StoreOperation, _ number: Int) -> StoreFate

  private struct State {
    var judge: Judge
    var counts: [StoreOperation: Int] = [:]
    var late: [LateCall] = []
    var held: [UnsafeContinuation<Void, Never>] = []
    var complaint: String?
  }
  private typealias LateCall = @Sendable (any Store) async -> Void

  private let store: any Store
  private let state: Mutex<State>

  public init(_ store: any Store, judge: @escaping Judge) {
    self.store = store
    state = Mutex(State(judge: judge))
  }

  /// From now on others decide; the calls are counted from 0 again.
  public func judge(by judge: @escaping Judge) {
    state.withLock {
      $0.judge = judge
      $0.counts = [:]
    }
  }

  /// What it has to complain of from now on; nil for what the store behind it says.
  public func complain(of what: String?) { state.withLock { $0.complaint = what } }

  /// Lets the late calls take effect, in the order in which they were made.
  public nonisolated(nonsending) func applyLate() async {
    let late = state.withLock { state in
      defer { state.late = [] }
      return state.late
    }
    for call in late { await call(store) }
  }

  /// Lets the oldest of the held calls go on. False when there is none.
  @discardableResult public func letGo() -> Bool {
    let oldest = state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }
    oldest?.resume()
    return oldest != nil
  }

  /// How often an operation was called since the judge came.
  public func count(of operation: StoreOperation) -> Int { state.withLock { $0.counts[operation, default: 0] } }

  public nonisolated(nonsending) func perform<Value: Sendable>(
    _ operation: StoreOperation, _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let (judge, number) = state.withLock { state in
      let number = state.counts[operation, default: 0]
      state.counts[operation] = number + 1
      return (state.judge, number)
    }
    switch judge(operation, number) {
    case .done: return try await call(store)
    case .refused(let error): throw error
    case .doneBut(let error):
      _ = try await call(store)
      throw error
    case .late:
      state.withLock { $0.late.append { store in _ = try? await call(store) } }
      throw .timeout("\(operation)")
    case .held:
      await withUnsafeContinuation { continuation in state.withLock { $0.held.append(continuation) } }
      return try await call(store)
    }
  }

  // MARK: Store

  public var complaint: String? { state.withLock { $0.complaint } ?? store.complaint }

  public nonisolated(nonsending) func close() async { await store.close() }
}
