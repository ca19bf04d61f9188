// An archive for simulations: everything in memory, and unwilling when a test wants it so.

import Synchronization
public import Troupe

/// A `RecordArchive` in memory.
public final class MemoryArchive: RecordArchive {
  private struct State {
    var records: [ShardID: [StoredRecord]] = [:]
    var refusal: StoreError?
  }

  private let state = Mutex(State())

  public init() {}

  /// What `keep` throws from now on; nil: nothing.
  public func refuse(with error: StoreError?) { state.withLock { $0.refusal = error } }

  public func records(of shard: ShardID) -> [StoredRecord] { state.withLock { $0.records[shard] ?? [] } }

  public nonisolated(nonsending) func keep(_ records: [StoredRecord], of shard: ShardID) async throws(StoreError) {
    let refusal: StoreError? = state.withLock { state in
      if let refusal = state.refusal { return refusal }
      var kept = state.records[shard] ?? []
      for record in records {
        let index = kept.first.map { $0.offset.distance(to: record.offset) } ?? 0
        guard index <= kept.count, index >= 0 else { return .invalid("a gap before \(record.offset)") }
        if index == kept.count {
          kept.append(record)
        } else if kept[index] != record {
          return .invalid("another history at \(record.offset)")
        }
      }
      state.records[shard] = kept
      return nil
    }
    if let refusal { throw refusal }
  }

  public nonisolated(nonsending) func reach(of shard: ShardID) async throws(StoreError) -> Range<Offset>? {
    let kept = records(of: shard)
    guard let first = kept.first, let last = kept.last else { return nil }
    return first.offset..<last.offset.advanced(by: 1)
  }

  public nonisolated(nonsending) func read(
    _ shard: ShardID, from offset: Offset, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    let found = records(of: shard).drop { $0.offset < offset }.prefix(limit)
    return found.first?.offset == offset ? Array(found) : []
  }
}
