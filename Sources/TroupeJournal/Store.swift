// What a store must do: keep one register and a log for each shard. `MemoryStore` is in this module, SQLite's in TroupeSQLite;
// `StoreContract` (under Tests/Support) is the suite that each of them passes. Nodes call it from their loops.
public import TroupeCluster

/// The register and the shard logs of one cluster.
///
/// All coordination rests on this: membership and ownership are the register's, and only who holds a shard's fence writes to
/// its log. There is no consensus code elsewhere.
///
///     let head = try await store.raiseFence(shard, writer: me)
///     let tail = try await store.readTail(shard, from: head.floor)
///     let outcome = try await store.append([
///       AppendBatch(shard: shard, fence: head.fence, writer: me, batch: head.lastBatch + 1, from: head.end, records: records)
///     ])
///
/// - Each operation is one conditional statement: it takes effect whole or not at all (`append` and `writeSnapshots`: for each
///   shard), and what it answers is durable, as far as the store is.
/// - None blocks the calling thread, and none hops: they run on the caller's executor and resume there.
/// - None waits for more than `statementTimeout` (reads of the log and of snapshots: `readTimeout`), then it throws. **After `.timeout` and `.unknown` the operation may still
///   take effect, at any later time**; after every other error it had none and never will.
/// - Operations of one caller that do not await each other have no order.
public protocol Store: Sendable {
  // MARK: The register

  /// Writes the first view of a cluster. `.lost` when there is one already.
  nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome
  /// The register as it is now; nil before `createCluster`.
  nonisolated(nonsending) func readRegister() async throws(StoreError) -> View?
  /// Replaces the view whose epoch is one less than this one's. Of incarnations among its burials the last beat is kept, others' that it
  /// does not list are removed.
  nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome
  /// Writes a beat, when the register lists its incarnation as a member, and answers everybody's: heirs wait from the last one of who was
  /// buried. A counter never falls: a late beat changes nothing.
  nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome

  /// Takes a node's name for this process, as the incarnation that it is about to be. Nil while somebody has it, and from stores that
  /// cannot tell when a process has ended.
  nonisolated(nonsending) func claim(_ node: NodeID, _ incarnation: Incarnation) async throws(StoreError) -> (any NodeClaim)?

  // MARK: The shard logs

  /// Appends each batch to its shard's log when the shard's head is still at the batch's fence and offset; the outcomes stand
  /// in the order of the batches. One shard's conflict is that shard's alone. A batch that is in the log already as the
  /// last one, with the same fence, writer, id and offset, is `.appended`. At most one batch of a shard may be in flight.
  ///
  /// All batches of one pass of a loop belong in one call: it is one wake-up there and back.
  nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome]
  /// Takes a shard's log over: from now on only `writer` appends, under the fence that this answers, and whatever an earlier
  /// owner still sends is a conflict. The tail is to be read after this, never before.
  nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head
  /// Whether a batch whose append had an unknown outcome is in the log. Definite only once the fence is above the batch's;
  /// before that the answer is `.stillOpen`.
  nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome
  /// The shard's head; nil when its fence was never raised.
  nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head?
  /// The records from an offset (or from the floor, when that is higher) to the end, in order, without gap.
  nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord]
  /// At most `limit` records from an offset on, in order, without gap, whatever the floor: for consumers of the log. Fewer do not mean
  /// that the log ends there; none do. Throws `.cutOff` when what stood there is gone.
  nonisolated(nonsending) func readPage(_ shard: ShardID, from offset: Offset, limit: Int) async throws(StoreError) -> [StoredRecord]
  /// The newest `limit` records of one entity that the log still has, oldest first. For people, not for recovery.
  nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int
  ) async throws(StoreError) -> [StoredRecord]

  // MARK: Snapshots

  /// An entity's newest snapshot.
  nonisolated(nonsending) func readSnapshot(_ shard: ShardID, kind: UInt32, entity: String) async throws(StoreError) -> Snapshot?
  /// Writes the snapshots of one shard and raises its floor, while the fence is the caller's; otherwise throws `.staleFence`.
  /// A snapshot replaces only an older one, and none is written with a floor below the stored one: it comes late. Everything that records
  /// below the floor say must stand in snapshots. Records below `kept` may be removed from now on; it is not above the floor, and below it
  /// while a consumer still has to read. Neither ever falls.
  nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError)
  /// Ids of a shard's entities of one kind that have a snapshot, in order of their UTF-8 bytes, after `after`. Those that
  /// live in the tail alone are not here: the shard's owner knows them.
  nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int
  ) async throws(StoreError) -> [String]

  /// Entities of a shard whose newest snapshot asks to be woken before `limit` wall-clock milliseconds, the earliest first, behind
  /// `after`: at most `count`.
  nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int
  ) async throws(StoreError) -> [Wake]

  // MARK: Consumers of the log

  /// How far each group has come in a shard's log, by the group's name.
  nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset]
  /// Writes how far groups have come, while the fence is the caller's; otherwise throws `.staleFence`. An offset replaces only one
  /// of an earlier generation, or a lower one of the same: a late write changes nothing.
  nonisolated(nonsending) func writeConsumers(_ offsets: [ConsumerOffset], shard: ShardID, fence: Fence) async throws(StoreError)

  // MARK: Moving a stopped cluster's data

  /// Everything that is stored of a shard; nil when its fence was never raised.
  nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage?
  /// Writes a shard as another store had it. Throws `.invalid` when this store knows the shard already. Whoever imports makes sure that
  /// no node runs on the store; the shard counts once its head is written, which is last.
  nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError)

  // MARK: Its life

  /// What somebody should see to although everything is still served, as a sentence; nil when all is well. Nodes look with every beat.
  var complaint: String? { get }

  /// Ends what is queued, then refuses everything with `.closed`.
  nonisolated(nonsending) func close() async
}

extension Store {
  public var complaint: String? { nil }

  /// The same where no consumer holds records back.
  public nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, fence: Fence
  ) async throws(StoreError) {
    try await writeSnapshots(snapshots, shard: shard, floor: floor, kept: floor, fence: fence)
  }
}

/// Bounds that hold for every store.
public enum StoreLimits {
  /// A statement's time limit: under half a lease (1.5 s), so that a beat can fail once and the next still counts.
  public static let statementTimeout: Duration = .milliseconds(700)
  /// The time limit of reads, which can do no harm late: a node that takes over a thousand shards reads their tails in a row.
  public static let readTimeout: Duration = .seconds(10)
  /// Records of one batch: a shard's share of one group, far below what a turn of recovery reads.
  public static let batchRecords = 65_536
  /// Bytes of one batch's records: the largest frame (16 MiB) and as much again for what a turn adds.
  public static let batchBytes = 32 << 20
  /// Calls that wait for the disk, a store. Past it they are refused with `.unavailable`.
  public static let queuedCalls = 65_536
}
