// The owner of one shard, through failures and restarts of its store: repeats what had no effect, settles what nobody told it the outcome
// of, and keeps what the store must hold.
import TroupeCluster
import TroupeJournal

struct ShardClient: Sendable {
  struct Checkpoint: Equatable, Sendable {
    var floor = Offset(0)
    var kept = Offset(0)
    /// In order of their entities.
    var snapshots: [SnapshotWrite] = []
  }

  let shard: ShardID
  let writer: WriterID
  var fence = Known(Fence(0))
  var records = Known([Record]())
  var checkpoint = Known(Checkpoint())
  var consumers = Known([ConsumerOffset]())
  /// What `records` is not certain of.
  private(set) var doubt: AppendBatch?
  /// The head that appends rest on; nil until this store has answered one.
  private var head: Head?
  private var batches: UInt64 = 0

  init(_ shard: ShardID) {
    self.shard = shard
    writer = WriterID(UInt64(shard.value) + 100)
  }

  /// The store was opened anew, or an append's outcome is unknown: the shard is to be taken over again.
  mutating func forget() { head = nil }

  var isOwner: Bool { head != nil && doubt == nil }

  // MARK: Taking over

  mutating func takeOver(in store: some Store) async throws {
    let head: Head
    do throws(StoreError) {
      head = try await store.raiseFence(shard, writer: writer)
    } catch {
      fence.failed(error, to: fence.newest.next)
      throw error
    }
    guard fence.possible.contains(where: { $0.next == head.fence }), head.owner == writer else {
      throw Lie("shard \(shard) answers the fence \(head.fence), and it was one of \(fence.possible)")
    }
    fence.became(head.fence)
    self.head = head
    try await settle(in: store)
  }

  private mutating func settle(in store: some Store) async throws {
    guard let head else { return }
    if let batch = doubt {
      let outcome = try await store.settle(batch.name)
      guard outcome == .landed || outcome == .absent else { throw Lie("\(batch.name) is \(outcome) behind a raised fence") }
      records.became(outcome == .landed ? records.newest : records.possible[0])
      doubt = nil
    }
    guard Int(head.end.value) == records.newest.count else {
      throw Lie("shard \(shard) ends at \(head.end), and \(records.newest.count) records were acknowledged")
    }
  }

  // MARK: Appending

  /// The next records, as a batch; called again after a failure without effect it is the same one.
  mutating func nextBatch(_ count: Int, bytes: Int) -> AppendBatch? {
    guard let head else { return nil }
    batches += 1
    let from = records.newest.count
    let new = (from..<from + count).map { Record.numbered(UInt64($0), of: shard, bytes: bytes) }
    return AppendBatch(shard: shard, fence: head.fence, writer: writer, batch: batches, from: Offset(UInt64(from)), records: new)
  }

  mutating func appended(_ batch: AppendBatch, _ outcome: AppendOutcome) throws {
    guard outcome == .appended(batch.end) else { throw Lie("\(batch.name) of the only owner is \(outcome)") }
    records.became(records.newest + batch.records)
  }

  mutating func failed(_ batch: AppendBatch, _ error: StoreError) {
    guard error.outcomeIsUnknown else { return }
    records.failed(error, to: records.newest + batch.records)
    doubt = batch
    head = nil
  }

  // MARK: Checkpoints and consumers

  mutating func write(_ next: Checkpoint, _ writes: [SnapshotWrite], in store: some Store) async throws(StoreError) {
    do throws(StoreError) {
      try await store.writeSnapshots(writes, shard: shard, floor: next.floor, kept: next.kept, fence: fence.newest)
      checkpoint.became(next)
    } catch {
      checkpoint.failed(error, to: next)
      throw error
    }
  }

  mutating func write(_ offsets: [ConsumerOffset], in store: some Store) async throws(StoreError) {
    do throws(StoreError) {
      try await store.writeConsumers(offsets, shard: shard, fence: fence.newest)
      consumers.became(offsets)
    } catch {
      consumers.failed(error, to: offsets)
      throw error
    }
  }
}

extension Record {
  /// One that no other is equal to.
  fileprivate static func numbered(_ number: UInt64, of shard: ShardID, bytes: Int) -> Record {
    var turn = TurnRecord.numbered(number)
    turn.reply = [UInt8](repeating: UInt8(truncatingIfNeeded: number &* 7 &+ UInt64(shard.value)), count: bytes)
    return Record(kind: 1, entity: "e\(number % 5)", turn: turn)
  }
}
