// The store on DynamoDB: one table for any number of nodes on any number of machines.
import Synchronization
public import TroupeAWS
public import TroupeCluster
public import TroupeJournal

/// A `Store` in one DynamoDB table, through its HTTP API.
///
///     let store = try await DynamoDBStore.open(table: "troupe", AWSConfiguration(region: "eu-central-1"))
///
/// An append is one conditional put, whatever runs beside it; a take-over, a checkpoint and a change of the register are one
/// transaction each. Reads are strongly consistent. Throttling is waited out within a call's time limit, then it is `.unavailable`;
/// a request whose answer is lost is sent again, and has one effect. Calls run on Swift's own threads, not on the caller's.
///
/// `append` of several shards throws `.timeout` or `.unknown` when one shard's outcome is unknown: all of them are to be settled.
/// A shard of which is known that nothing was done is a conflict at the head that was remembered, when others were appended.
public final class DynamoDBStore: Store {
  /// Shards of one `append` that are under way at once.
  private static let width = 64

  private let table: Table
  private let log: ShardLog
  private let snapshots: Snapshots
  private let register: RegisterCalls
  private let trim: LogTrim
  private let limit: Duration
  private let readLimit: Duration
  private let gate = CallGate()

  private init(_ table: Table, limit: Duration) {
    self.table = table
    log = ShardLog(table: table, memory: ShardMemory())
    snapshots = Snapshots(log: log)
    register = RegisterCalls(table: table)
    trim = LogTrim(log)
    self.limit = limit
    readLimit = max(limit, StoreLimits.readTimeout)
  }

  /// Opens the table, and makes it when there is none.
  ///
  /// Throws `.newerFormat` when a newer version wrote it, `.invalid` when it is something else's, `.unavailable` when it cannot be
  /// reached, read or made; none of these changes anything.
  ///
  /// - Parameters:
  ///   - creates: whether to make the table. Off where operators make it, and its IAM policy forbids it.
  ///   - limit: how long a call waits before it throws. The default suits leases; a test on an emulator takes more.
  public static func open(
    table name: String, _ configuration: AWSConfiguration, creates: Bool = true, limit: Duration = StoreLimits.statementTimeout
  ) async throws(StoreError) -> DynamoDBStore {
    guard StoreLocation.isTableName(name) else {
      throw .invalid("'\(name)' is no table's name: 3 to 255 letters, digits, '_', '-' and '.'")
    }
    let client: AWSClient
    do throws(AWSError) { client = try AWSClient(.dynamoDB, configuration) } catch { throw .unavailable("\(error)") }
    let table = Table(name: name, client: client)
    do throws(StoreError) {
      try await TableOpening(table: table, creates: creates).open()
    } catch {
      await client.close()
      throw error
    }
    return DynamoDBStore(table, limit: limit)
  }

  public nonisolated(nonsending) func close() async {
    guard await gate.close(within: limit, pause: { [client = table.client] in await client.pause($0) }) else { return }
    trim.close()
    await table.client.close()
  }

  /// On Swift's own threads: encoding, signing and waiting are nobody's loop's work.
  private nonisolated(nonsending) func run<Value: Sendable>(
    _ what: String, within limit: Duration, _ body: @escaping @Sendable (inout Budget) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try gate.enter()
    defer { gate.leave() }
    return try await Self.start(Budget(what, within: limit), body).value.get()
  }

  private static func start<Value: Sendable>(
    _ budget: Budget, _ body: @escaping @Sendable (inout Budget) async throws(StoreError) -> Value
  ) -> Task<Result<Value, StoreError>, Never> {
    Task {
      var budget = budget
      do throws(StoreError) { return .success(try await body(&budget)) } catch { return .failure(error) }
    }
  }

  // MARK: The register

  public nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome {
    try await run("the creation of the cluster", within: limit) { [register] (budget) throws(StoreError) in
      try await register.create(view, &budget)
    }
  }

  public nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? {
    try await run("a read of the register", within: limit) { [register] (budget) throws(StoreError) in
      try await register.read(&budget)?.view
    }
  }

  public nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome {
    try await run("the change to epoch \(view.epoch)", within: limit) { [register] (budget) throws(StoreError) in
      try await register.compareAndSet(view, &budget)
    }
  }

  public nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome {
    try await run("a beat of \(beat.node)", within: limit) { [register] (budget) throws(StoreError) in
      try await register.beat(beat, &budget)
    }
  }

  // MARK: The shard logs

  public nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    for batch in batches { try batch.validate() }
    return try await run("an append of \(batches.count) batches", within: limit) { [log] (budget) throws(StoreError) in
      try await GroupAppend(log: log, budget: budget, width: Self.width).append(batches)
    }
  }

  public nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head {
    try await run("raising the fence of shard \(shard)", within: limit) { [log] (budget) throws(StoreError) in
      try await log.raiseFence(shard, writer: writer, &budget)
    }
  }

  public nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome {
    try await run("settling a batch of shard \(batch.shard)", within: readLimit) { [log] (budget) throws(StoreError) in
      try await log.settle(batch, &budget)
    }
  }

  public nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? {
    try await run("a read of shard \(shard)'s head", within: readLimit) { [log] (budget) throws(StoreError) in
      try await log.state(shard, &budget)?.head
    }
  }

  public nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] {
    try await run("a read of shard \(shard)'s tail", within: readLimit) { [log] (budget) throws(StoreError) in
      try await log.tail(shard, from: offset, &budget)
    }
  }

  public nonisolated(nonsending) func readPage(
    _ shard: ShardID, from offset: Offset, limit count: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await run("a read of shard \(shard)'s log", within: readLimit) { [log] (budget) throws(StoreError) in
      try await log.page(shard, from: offset, limit: count, &budget)
    }
  }

  public nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit count: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await run("a read of \(entity)'s log", within: readLimit) { [log] (budget) throws(StoreError) in
      try await log.log(shard, kind: kind, entity: entity, limit: count, &budget)
    }
  }

  // MARK: Snapshots

  public nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? {
    try await run("a read of \(entity)'s snapshot", within: readLimit) { [snapshots] (budget) throws(StoreError) in
      try await snapshots.read(shard, kind: kind, entity: entity, &budget)
    }
  }

  public nonisolated(nonsending) func writeSnapshots(
    _ writes: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    try await run("snapshots of shard \(shard)", within: limit) { [snapshots] (budget) throws(StoreError) in
      try await snapshots.write(writes, shard: shard, floor: floor, kept: kept, fence: fence, &budget)
    }
    if let head = log.memory[shard]?.head, head.fence == fence { trim.ask(shard, head) }
  }

  public nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before time: Int64, count: Int
  ) async throws(StoreError) -> [Wake] {
    try await run("a read of shard \(shard)'s reminders", within: readLimit) { [snapshots] (budget) throws(StoreError) in
      try await snapshots.wakes(shard, after: after, before: time, count: count, &budget)
    }
  }

  public nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit count: Int
  ) async throws(StoreError) -> [String] {
    try await run("a list of shard \(shard)'s entities", within: readLimit) { [snapshots] (budget) throws(StoreError) in
      try await snapshots.entities(shard, kind: kind, after: after, limit: count, &budget)
    }
  }

  // MARK: Consumers

  public nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] {
    try await run("a read of shard \(shard)'s consumers", within: readLimit) { [table] (budget) throws(StoreError) in
      guard let item = try await table.get(.shard(shard), &budget) else { return [] }
      return try ShardItem(item, of: shard).offsets
    }
  }

  public nonisolated(nonsending) func writeConsumers(
    _ offsets: [ConsumerOffset], shard: ShardID, fence: Fence
  ) async throws(StoreError) {
    for offset in offsets { try offset.validate() }
    try await run("the consumers of shard \(shard)", within: limit) { [snapshots] (budget) throws(StoreError) in
      try await snapshots.write(offsets, shard: shard, fence: fence, &budget)
    }
  }

  // MARK: Moving

  public nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? {
    try await run("an export of shard \(shard)", within: readLimit) { [log, snapshots] (budget) throws(StoreError) in
      try await ShardTransfer(log: log, snapshots: snapshots).export(shard, &budget)
    }
  }

  public nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) {
    try image.validate()
    let limit = readLimit
    try await run("an import of shard \(image.shard)", within: limit) { [log, snapshots] (_) throws(StoreError) in
      try await ShardTransfer(log: log, snapshots: snapshots).adopt(image, within: limit)
    }
  }
}
