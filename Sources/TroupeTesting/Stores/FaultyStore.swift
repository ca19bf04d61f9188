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
public final class FaultyStore: Store {
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

  private nonisolated(nonsending) func perform<Value: Sendable>(
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

  public nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome {
    try await perform(.change) { store throws(StoreError) in try await store.createCluster(view) }
  }
  public nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? {
    try await perform(.read) { store throws(StoreError) in try await store.readRegister() }
  }
  public nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome {
    try await perform(.change) { store throws(StoreError) in try await store.compareAndSet(view) }
  }
  public nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome {
    try await perform(.beat) { store throws(StoreError) in try await store.beat(beat) }
  }
  public nonisolated(nonsending) func claim(
    _ node: NodeID, _ incarnation: Incarnation
  ) async throws(StoreError) -> (any NodeClaim)? {
    try await perform(.read) { store throws(StoreError) in try await store.claim(node, incarnation) }
  }
  public nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    try await perform(.append) { store throws(StoreError) in try await store.append(batches) }
  }
  public nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head {
    try await perform(.raiseFence) { store throws(StoreError) in try await store.raiseFence(shard, writer: writer) }
  }
  public nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome {
    try await perform(.read) { store throws(StoreError) in try await store.settle(batch) }
  }
  public nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? {
    try await perform(.read) { store throws(StoreError) in try await store.readHead(shard) }
  }
  public nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] {
    try await perform(.tail) { store throws(StoreError) in try await store.readTail(shard, from: offset) }
  }
  public nonisolated(nonsending) func readPage(
    _ shard: ShardID, from offset: Offset, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await perform(.read) { store throws(StoreError) in try await store.readPage(shard, from: offset, limit: limit) }
  }
  public nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await perform(.read) { store throws(StoreError) in try await store.readLog(shard, kind: kind, entity: entity, limit: limit) }
  }
  public nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? {
    try await perform(.read) { store throws(StoreError) in try await store.readSnapshot(shard, kind: kind, entity: entity) }
  }
  public nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    try await perform(.snapshots) { store throws(StoreError) in
      try await store.writeSnapshots(snapshots, shard: shard, floor: floor, kept: kept, fence: fence)
    }
  }
  public nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int
  ) async throws(StoreError) -> [Wake] {
    try await perform(.read) { store throws(StoreError) in try await store.readWakes(shard, after: after, before: limit, count: count) }
  }
  public nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int
  ) async throws(StoreError) -> [String] {
    try await perform(.read) { store throws(StoreError) in try await store.listEntities(shard, kind: kind, after: after, limit: limit) }
  }
  public nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] {
    try await perform(.read) { store throws(StoreError) in try await store.readConsumers(shard) }
  }
  public nonisolated(nonsending) func writeConsumers(
    _ offsets: [ConsumerOffset], shard: ShardID, fence: Fence
  ) async throws(StoreError) {
    try await perform(.consumers) { store throws(StoreError) in try await store.writeConsumers(offsets, shard: shard, fence: fence) }
  }
  public nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? {
    try await perform(.read) { store throws(StoreError) in try await store.exportShard(shard) }
  }
  public nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) {
    try await perform(.snapshots) { store throws(StoreError) in try await store.importShard(image) }
  }
  public nonisolated(nonsending) func close() async { await store.close() }
}
