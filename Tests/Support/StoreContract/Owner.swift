// An owner of one shard as the rules need him: he counts his batches and knows where his log ends.
import TroupeCluster
import TroupeJournal

final class Owner {
  let store: any Store
  let shard: ShardID
  let writer: WriterID
  private(set) var head: Head
  private(set) var end: Offset
  private var batches: UInt64 = 0

  /// Takes the shard over.
  init(_ writer: UInt64, of shard: ShardID = 7, in store: any Store) async throws {
    self.store = store
    self.shard = shard
    self.writer = WriterID(writer)
    head = try await store.raiseFence(shard, writer: self.writer)
    end = head.end
  }

  func batch(_ records: [Record]) -> AppendBatch {
    batches += 1
    return AppendBatch(shard: shard, fence: head.fence, writer: writer, batch: batches, from: end, records: records)
  }

  @discardableResult
  func append(_ records: [Record]) async throws -> AppendOutcome {
    let outcome = try await store.append([batch(records)])[0]
    if case .appended(let end) = outcome { self.end = end }
    return outcome
  }
}

/// What a call of the store threw.
func failure(_ call: () async throws -> some Any) async -> StoreError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? StoreError
  }
}

extension TurnRecord {
  static func sample(_ number: UInt64) -> TurnRecord {
    TurnRecord(
      call: CallID(caller: 9, sequence: number), method: 4711, argumentsHash: number, status: 0, reply: [1, 2, 3],
      events: [[UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 40), []], wallTime: 1_700_000_000_000, isDelete: false)
  }
}

extension Record {
  static func sample(_ number: UInt64, entity: String = "alice", kind: UInt32 = 1) -> Record {
    Record(kind: kind, entity: entity, turn: .sample(number))
  }
}
