// What every double of a store that stands before another one has in common: each call goes through one function, which decides what
// becomes of it.
public import Troupe

/// A `Store` that hands its calls on, or does not.
public protocol StoreRelay: Store {
  /// Makes one call of the store behind this one, if it is to be made, and answers in its place.
  nonisolated(nonsending) func perform<Value: Sendable>(
    _ operation: StoreOperation, _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value
}

extension StoreRelay {
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
    try await perform(.snapshot) { store throws(StoreError) in try await store.readSnapshot(shard, kind: kind, entity: entity) }
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
}
