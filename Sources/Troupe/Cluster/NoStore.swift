// A client keeps nothing: it owns no shard, so nobody asks.

struct NoStore: Store {
  private func refuse() -> StoreError { .invalid("a client has no store") }

  nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome { throw refuse() }
  nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? { throw refuse() }
  nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome { throw refuse() }
  nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome { throw refuse() }
  nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] { throw refuse() }
  nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head { throw refuse() }
  nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome { throw refuse() }
  nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? { throw refuse() }
  nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] { throw refuse() }
  nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int
  ) async throws(StoreError) -> [StoredRecord] { throw refuse() }
  nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? { throw refuse() }
  nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) { throw refuse() }
  nonisolated(nonsending) func readPage(
    _ shard: ShardID, from offset: Offset, limit: Int
  ) async throws(StoreError) -> [StoredRecord] { throw refuse() }
  nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int
  ) async throws(StoreError) -> [Wake] { throw refuse() }
  nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] { throw refuse() }
  nonisolated(nonsending) func writeConsumers(
    _ offsets: [ConsumerOffset], shard: ShardID, fence: Fence
  ) async throws(StoreError) { throw refuse() }
  nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? { throw refuse() }
  nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) { throw refuse() }
  nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int
  ) async throws(StoreError) -> [String] { throw refuse() }
  nonisolated(nonsending) func close() async {}
}
