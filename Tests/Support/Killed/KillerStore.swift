// The killer: a store that counts what it makes durable, and ends its process at the step that it was told. Beats and reads are no steps: a node
// that dies at one dies between two steps, where the others kill it anyway.
import Foundation
import Synchronization
public import Troupe

public final class KillerStore: Store {
  private struct Count {
    var isCounting: Bool
    var steps = 0
  }

  private let store: any Store
  private let order: KillOrder?
  private let count: Mutex<Count>
  private let lastWords: @Sendable (String) -> Void

  /// - Parameters:
  ///   - order: nil never kills.
  ///   - lastWords: hears the step, in the instant before the end.
  public init(_ store: any Store, _ order: KillOrder?, lastWords: @escaping @Sendable (String) -> Void) {
    (self.store, self.order, self.lastWords) = (store, order, lastWords)
    count = Mutex(Count(isCounting: order?.countsFromStart ?? false))
  }

  /// Steps count from now on.
  public func begin() { count.withLock { $0.isCounting = true } }
  /// So many since then.
  public var steps: Int { count.withLock { $0.steps } }

  private nonisolated(nonsending) func step<Value: Sendable>(
    _ name: String, _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let number = count.withLock { count in
      guard count.isCounting else { return 0 }
      count.steps += 1
      return count.steps
    }
    guard let order, number == order.step else { return try await call(store) }
    if order.moment == .before { die(name) }
    _ = try? await call(store)
    die(name)
  }

  private func die(_ name: String) -> Never {
    lastWords(name)
    kill(getpid(), SIGKILL)
    while true { pause() }
  }
}

// MARK: Steps

extension KillerStore {
  public nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome {
    try await step("createCluster") { store throws(StoreError) in try await store.createCluster(view) }
  }
  public nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome {
    try await step("compareAndSet") { store throws(StoreError) in try await store.compareAndSet(view) }
  }
  public nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    try await step("append") { store throws(StoreError) in try await store.append(batches) }
  }
  public nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head {
    try await step("raiseFence") { store throws(StoreError) in try await store.raiseFence(shard, writer: writer) }
  }
  public nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    try await step("writeSnapshots") { store throws(StoreError) in
      try await store.writeSnapshots(snapshots, shard: shard, floor: floor, kept: kept, fence: fence)
    }
  }
  public nonisolated(nonsending) func writeConsumers(
    _ offsets: [ConsumerOffset], shard: ShardID, fence: Fence
  ) async throws(StoreError) {
    try await step("writeConsumers") { store throws(StoreError) in try await store.writeConsumers(offsets, shard: shard, fence: fence) }
  }
  public nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) {
    try await step("importShard") { store throws(StoreError) in try await store.importShard(image) }
  }
}

// MARK: What is none

extension KillerStore {
  public nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? { try await store.readRegister() }
  public nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome { try await store.beat(beat) }
  public nonisolated(nonsending) func claim(
    _ node: NodeID, _ incarnation: Incarnation
  ) async throws(StoreError) -> (any NodeClaim)? {
    try await store.claim(node, incarnation)
  }
  public nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome { try await store.settle(batch) }
  public nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? { try await store.readHead(shard) }
  public nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] {
    try await store.readTail(shard, from: offset)
  }
  public nonisolated(nonsending) func readPage(
    _ shard: ShardID, from offset: Offset, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await store.readPage(shard, from: offset, limit: limit)
  }
  public nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await store.readLog(shard, kind: kind, entity: entity, limit: limit)
  }
  public nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? {
    try await store.readSnapshot(shard, kind: kind, entity: entity)
  }
  public nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int
  ) async throws(StoreError) -> [Wake] {
    try await store.readWakes(shard, after: after, before: limit, count: count)
  }
  public nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int
  ) async throws(StoreError) -> [String] {
    try await store.listEntities(shard, kind: kind, after: after, limit: limit)
  }
  public nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] {
    try await store.readConsumers(shard)
  }
  public nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? {
    try await store.exportShard(shard)
  }
  public nonisolated(nonsending) func close() async { await store.close() }
}
