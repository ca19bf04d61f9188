// The store in memory: for tests, the simulator, and nodes that keep nothing. Several nodes of one process may share it.

import Synchronization
public import TroupeCluster

/// A `Store` that ends with its process. It answers at once, on the caller's thread, in the order of the calls; so a simulation
/// on it is as deterministic as its loops. The lock is held for dictionary look-ups only, and never contended on one thread.
public final class MemoryStore: Store {
  private struct State {
    var register = MemoryRegister()
    var logs: [ShardID: MemoryLog] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())

  public init() {}

  private func attempt<Value: Sendable>(_ body: (inout State) throws(StoreError) -> Value) throws(StoreError) -> Value {
    try state.withLock { (state) throws(StoreError) -> Value in
      guard !state.isClosed else { throw .closed }
      return try body(&state)
    }
  }

  public nonisolated(nonsending) func close() async {
    state.withLock { $0.isClosed = true }
  }

  // MARK: The register

  public nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome {
    try attempt { $0.register.create(view) }
  }

  public nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? {
    try attempt { $0.register.view }
  }

  public nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome {
    try attempt { (state) throws(StoreError) in try state.register.compareAndSet(view) }
  }

  public nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome {
    try attempt { (state) throws(StoreError) in try state.register.beat(beat) }
  }

  // MARK: The shard logs

  public nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    for batch in batches { try batch.validate() }
    return try attempt { state in batches.map { state.logs[$0.shard, default: MemoryLog()].append($0) } }
  }

  public nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head {
    try attempt { $0.logs[shard, default: MemoryLog()].raiseFence(for: writer) }
  }

  public nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome {
    try attempt { $0.logs[batch.shard, default: MemoryLog()].settle(batch) }
  }

  public nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? {
    try attempt { state in state.logs[shard].flatMap { $0.head.fence > Fence(0) ? $0.head : nil } }
  }

  public nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] {
    try attempt { (state) throws(StoreError) in try state.logs[shard]?.tail(from: offset) ?? [] }
  }

  public nonisolated(nonsending) func readPage(
    _ shard: ShardID, from offset: Offset, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try attempt { (state) throws(StoreError) in try state.logs[shard]?.page(from: offset, limit: limit) ?? [] }
  }

  public nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try attempt { (state) throws(StoreError) in try state.logs[shard]?.log(kind: kind, entity: entity, limit: limit) ?? [] }
  }

  // MARK: Snapshots

  public nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? {
    try attempt { $0.logs[shard]?.snapshot(MemoryLog.EntityKey(kind: kind, entity: entity)) }
  }

  public nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    try attempt { (state) throws(StoreError) in
      try state.logs[shard, default: MemoryLog()].write(snapshots, floor: floor, kept: kept, fence: fence)
    }
  }

  public nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int
  ) async throws(StoreError) -> [Wake] {
    try attempt { $0.logs[shard]?.wakes(after: after, before: limit, count: count) ?? [] }
  }

  // MARK: Consumers

  public nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] {
    try attempt { $0.logs[shard]?.offsets ?? [] }
  }

  public nonisolated(nonsending) func writeConsumers(
    _ offsets: [ConsumerOffset], shard: ShardID, fence: Fence
  ) async throws(StoreError) {
    for offset in offsets { try offset.validate() }
    try attempt { (state) throws(StoreError) in try state.logs[shard, default: MemoryLog()].write(offsets, fence: fence) }
  }

  // MARK: Moving

  public nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? {
    try attempt { (state) throws(StoreError) in try state.logs[shard]?.image(of: shard) }
  }

  public nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) {
    try image.validate()
    try attempt { (state) throws(StoreError) in
      guard state.logs[image.shard] == nil else { throw .invalid("shard \(image.shard) is here already") }
      state.logs[image.shard] = try MemoryLog(image)
    }
  }

  public nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int
  ) async throws(StoreError) -> [String] {
    try attempt { $0.logs[shard]?.entities(kind: kind, after: after, limit: limit) ?? [] }
  }
}
