// What the store took, looked at from outside: whether only the newest owner of a shard wrote to its log, and no command twice.
import Troupe
import TroupeWire

/// A store that takes what the one behind it takes, and judges what that was. It decides nothing, and knows no rule of the store's.
final class WatchedStore: StoreRelay, @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  private struct Execution: Hashable {
    let kind: UInt32
    let entity: String
    let call: CallID
  }
  private struct Log {
    var fence = Fence(0)
    var end = Offset(0)
    var last: BatchName?

    /// Under whatever fence it was sent again.
    func isLast(_ batch: BatchName) -> Bool {
      last.map { $0.writer == batch.writer && $0.batch == batch.batch && $0.from == batch.from } ?? false
    }
    var executed: [Execution: Offset] = [:]
  }
  private static let complaintLimit = 5

  private(set) var complaints: [String] = []
  private let store: any Store
  private var logs: [ShardID: Log] = [:]

  init(_ store: any Store) { self.store = store }

  nonisolated(nonsending) func perform<Value: Sendable>(
    _ operation: StoreOperation, _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value { try await call(store) }

  nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer: WriterID) async throws(StoreError) -> Head {
    let head = try await store.raiseFence(shard, writer: writer)
    let newest = logs[shard]?.fence ?? Fence(0)
    if head.fence <= newest { complain("shard \(shard): the fence was raised to \(head.fence), and was at \(newest) already") }
    logs[shard, default: Log()].fence = max(newest, head.fence)
    return head
  }

  nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    let outcomes = try await store.append(batches)
    for (batch, outcome) in zip(batches, outcomes) {
      if case .appended = outcome { took(batch) }
    }
    return outcomes
  }

  private func took(_ batch: AppendBatch) {
    var log = logs[batch.shard] ?? Log()
    // Asked again whether a batch is there, the store says yes again.
    guard !log.isLast(batch.name) else { return }
    if batch.from != log.end { complain("shard \(batch.shard): a batch was taken at \(batch.from), and the log ended at \(log.end)") }
    if batch.fence != log.fence {
      complain("shard \(batch.shard): a batch was taken under fence \(batch.fence), and the newest is \(log.fence)")
    }
    for (index, record) in batch.records.enumerated() {
      var reader = Reader(record.payload.span.bytes)
      guard let turn = try? reader.read(TurnRecord.self), turn.attempts == nil, turn.fired == nil else { continue }
      let at = batch.from.advanced(by: index)
      let execution = Execution(kind: record.kind, entity: record.entity, call: turn.call)
      if let first = log.executed.updateValue(at, forKey: execution) {
        complain("shard \(batch.shard): \(turn.call) to \(record.entity) was executed twice, at \(first) and at \(at)")
      }
    }
    (log.end, log.last) = (batch.end, batch.name)
    logs[batch.shard] = log
  }

  private func complain(_ what: String) {
    if complaints.count < Self.complaintLimit { complaints.append(what) }
  }

  nonisolated(nonsending) func close() async { await store.close() }
}
