// A store that refuses snapshots for a while: the log is taken, and what should shorten it is not.
import Synchronization
import Troupe

/// Everything as `MemoryStore` does it, but the first `refusals` attempts to write snapshots fail.
final class UnwillingStore: Store {
  private let store = MemoryStore()
  private let refusals: Mutex<Int>
  private let snapshots = Mutex(0)

  private let refusesAll = Atomic(false)
  var refusesAppends: Bool {
    get { refusesAll.load(ordering: .relaxed) }
    set { refusesAll.store(newValue, ordering: .relaxed) }
  }

  init(refusals: Int) { self.refusals = Mutex(refusals) }

  /// Snapshots that were written in the end.
  var written: Int { snapshots.withLock { $0 } }

  nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    let refuses = refusals.withLock { left in
      left -= 1
      return left >= 0
    }
    if refuses { throw .unavailable("snapshots are not taken at the moment") }
    try await store.writeSnapshots(snapshots, shard: shard, floor: floor, kept: kept, fence: fence)
    self.snapshots.withLock { $0 += snapshots.count }
  }

  nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome { try await store.createCluster(view) }
  nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? { try await store.readRegister() }
  nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome { try await store.compareAndSet(view) }
  nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome { try await store.beat(beat) }
  nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    if refusesAppends { throw .unavailable("nothing is taken at the moment") }
    return try await store.append(batches)
  }
  nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head {
    try await store.raiseFence(shard, writer: writer)
  }
  nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome { try await store.settle(batch) }
  nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? { try await store.readHead(shard) }
  nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] {
    try await store.readTail(shard, from: offset)
  }
  nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await store.readLog(shard, kind: kind, entity: entity, limit: limit)
  }
  nonisolated(nonsending) func readSnapshot(_ shard: ShardID, kind: UInt32, entity: String) async throws(StoreError) -> Snapshot? {
    try await store.readSnapshot(shard, kind: kind, entity: entity)
  }
  nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int
  ) async throws(StoreError) -> [String] {
    try await store.listEntities(shard, kind: kind, after: after, limit: limit)
  }
  nonisolated(nonsending) func readPage(_ shard: ShardID, from offset: Offset, limit: Int) async throws(StoreError) -> [StoredRecord] {
    try await store.readPage(shard, from: offset, limit: limit)
  }
  nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int
  ) async throws(StoreError) -> [Wake] {
    try await store.readWakes(shard, after: after, before: limit, count: count)
  }
  nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] {
    try await store.readConsumers(shard)
  }
  nonisolated(nonsending) func writeConsumers(_ offsets: [ConsumerOffset], shard: ShardID, fence: Fence) async throws(StoreError) {
    try await store.writeConsumers(offsets, shard: shard, fence: fence)
  }
  nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? { try await store.exportShard(shard) }
  nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) { try await store.importShard(image) }
  nonisolated(nonsending) func close() async { await store.close() }
}
