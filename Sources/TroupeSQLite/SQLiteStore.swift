// The store on SQLite: two files in one directory, for any number of processes of one machine.

import Foundation
public import TroupeCluster
public import TroupeJournal

/// A `Store` in a directory: `register.sqlite` and `log.sqlite`, both with a write-ahead log and `synchronous=FULL`, so that
/// what is acknowledged survives the loss of power as far as the disk keeps what it says.
///
///     let store = try SQLiteStore.open(directory: ".shopstream/data")
///
/// Several processes may open one directory; they take turns to write. A process that is *stopped* while it has the turn holds
/// the others up until it goes on or is killed: their calls throw `.unavailable` or `.timeout` meanwhile. Not for network disks.
public final class SQLiteStore: Store {
  private let register: Worker<RegisterTable>
  private let writer: Worker<LogWriter>
  /// Loads of entities, which calls wait for.
  private let reader: Worker<LogReader>
  /// Tails and logs: long reads, which must not hold the short ones up.
  private let tails: Worker<LogReader>
  let checkpoints: Checkpoints
  let registerGate: CheckpointGate
  private let watch: Watch
  private let directory: String

  private init(
    directory: String, register: Worker<RegisterTable>, writer: Worker<LogWriter>, reader: Worker<LogReader>, tails: Worker<LogReader>,
    checkpoints: Checkpoints, registerGate: CheckpointGate
  ) {
    (self.register, self.writer, self.reader, self.tails) = (register, writer, reader, tails)
    (self.checkpoints, self.registerGate, self.directory) = (checkpoints, registerGate, directory)
    watch = Watch { now in
      register.expire(now)
      writer.expire(now)
      reader.expire(now)
      tails.expire(now)
    }
  }

  /// Opens the store, and makes directory and files when there are none. Blocks: for start-up, not for a loop.
  ///
  /// Throws `.newerFormat` when a newer version wrote the files, `.invalid` when they are something else's, `.corrupt` when they
  /// are damaged, `.unavailable` when the directory cannot be used; none of these changes anything.
  ///
  /// - Parameter limit: how long a call waits before it throws. The default suits leases; a tool or a test on a machine whose
  ///   disk stalls for longer takes more.
  public static func open(
    directory: String, limit: Duration = StoreLimits.statementTimeout
  ) throws(StoreError) -> SQLiteStore {
    // A statement gives up on a lock before its caller gives up on it: then it is known that nothing was done.
    let patience = limit * 0.8
    let readLimit = max(limit, StoreLimits.readTimeout)
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw .unavailable("the directory \(directory) cannot be made: \(error.localizedDescription)")
    }
    let register = StoreFile(
      path: directory + "/register.sqlite", schema: StoreFormat.register, migrations: StoreFormat.registerMigrations,
      addition: StoreFormat.registerAddition, patience: patience)
    let log = StoreFile(path: directory + "/log.sqlite", schema: StoreFormat.log, migrations: StoreFormat.logMigrations, patience: patience)
    let opening: FileLock
    do throws(SQLiteFailure) {
      // Two processes that make one file at the same moment would find each other's locks where SQLite does not wait.
      opening = try FileLock(directory + "/opening")
    } catch {
      throw error.storeError(in: directory)
    }
    opening.lock()
    defer { opening.unlock() }
    let (registerFile, writerFile) = (try register.openForWriting(), try log.openForWriting())
    let (readerFile, tailsFile) = (try log.openForReading(), try log.openForReading())
    let checkpoints = Checkpoints(try log.openForWriting())
    let registerGate = CheckpointGate()
    let path = log.path
    return SQLiteStore(
      directory: directory,
      register: Worker("store-register", registerFile, limit: limit) { [path = register.path] db throws(SQLiteFailure) in
        try RegisterTable(db, in: path, registerGate)
      },
      writer: Worker("store-writer", writerFile, limit: limit) { db throws(SQLiteFailure) in
        try LogWriter(db, in: path, checkpoints)
      },
      reader: Worker("store-reader", readerFile, limit: readLimit) { db throws(SQLiteFailure) in try LogReader(db, in: path) },
      tails: Worker("store-tails", tailsFile, limit: readLimit) { db throws(SQLiteFailure) in try LogReader(db, in: path) },
      checkpoints: checkpoints, registerGate: registerGate)
  }

  public var complaint: String? {
    let gates = [(checkpoints.gate, "log"), (registerGate, "register")]
    let failed = gates.filter { $0.0.isShut }.map { "\(directory)/\($0.1).sqlite" }
    guard !failed.isEmpty else { return nil }
    return "a sync of \(failed.joined(separator: " and of ")) has failed, so its write-ahead log keeps everything and grows; "
      + "end all processes on the directory soon, and start them on a disk that can be trusted"
  }

  public nonisolated(nonsending) func close() async {
    await writer.close()
    checkpoints.end()
    await reader.close()
    await tails.close()
    await register.close()
    watch.end()
  }

  // MARK: The register

  public nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome {
    try await register.call("the creation of the cluster") { try $0.create(view) }
  }

  public nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? {
    try await register.call("a read of the register") { try $0.view() }
  }

  public nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome {
    try await register.call("the change to epoch \(view.epoch)") { try $0.compareAndSet(view) }
  }

  public nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome {
    try await register.call("a beat of \(beat.node)") { try $0.beat(beat) }
  }

  public nonisolated(nonsending) func claim(
    _ node: NodeID, _ incarnation: Incarnation
  ) async throws(StoreError) -> (any NodeClaim)? {
    try await register.call("the claim of \(node)") { [directory] _ in try NodeLock.take(node, incarnation, in: directory) }
  }

  // MARK: The shard logs

  public nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    for batch in batches { try batch.validate() }
    return try await writer.call("an append of \(batches.count) batches", weight: batches.count) { try $0.append(batches) }
  }

  public nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer id: WriterID) async throws(StoreError) -> Head {
    try await writer.call("raising the fence of shard \(shard)") { try $0.raiseFence(shard, writer: id) }
  }

  public nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome {
    try await tails.call("settling a batch of shard \(batch.shard)") { try $0.settle(batch) }
  }

  public nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? {
    try await reader.call("a read of shard \(shard)'s head") { try $0.head(shard) }
  }

  public nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] {
    try await tails.call("a read of shard \(shard)'s tail") { try $0.tail(shard, from: offset) }
  }

  public nonisolated(nonsending) func readPage(
    _ shard: ShardID, from offset: Offset, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await tails.call("a read of shard \(shard)'s log") { try $0.page(shard, from: offset, limit: limit) }
  }

  public nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await tails.call("a read of \(entity)'s log") { try $0.log(shard, kind: kind, entity: entity, limit: limit) }
  }

  // MARK: Snapshots

  public nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? {
    try await reader.call("a read of \(entity)'s snapshot") { try $0.snapshot(shard, kind: kind, entity: entity) }
  }

  public nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    try await writer.call("snapshots of shard \(shard)", weight: 1 + snapshots.count) {
      try $0.write(snapshots, shard: shard, floor: floor, kept: kept, fence: fence)
    }
  }

  public nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int
  ) async throws(StoreError) -> [Wake] {
    try await reader.call("a read of shard \(shard)'s reminders") { try $0.wakes(shard, after: after, before: limit, count: count) }
  }

  // MARK: Consumers

  public nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] {
    try await reader.call("a read of shard \(shard)'s consumers") { try $0.offsets(of: shard) }
  }

  public nonisolated(nonsending) func writeConsumers(
    _ offsets: [ConsumerOffset], shard: ShardID, fence: Fence
  ) async throws(StoreError) {
    for offset in offsets { try offset.validate() }
    try await writer.call("the consumers of shard \(shard)", weight: offsets.count) { try $0.write(offsets, shard: shard, fence: fence) }
  }

  // MARK: Moving

  public nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? {
    try await tails.call("an export of shard \(shard)") { try $0.image(of: shard) }
  }

  public nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) {
    try image.validate()
    try await writer.call("an import of shard \(image.shard)", weight: WorkQueue<LogWriter>.groupWeight) { try $0.adopt(image) }
  }

  public nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int
  ) async throws(StoreError) -> [String] {
    try await reader.call("a list of shard \(shard)'s entities") { try $0.entities(shard, kind: kind, after: after, limit: limit) }
  }
}
