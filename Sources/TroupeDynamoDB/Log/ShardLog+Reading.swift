// Reading a shard's log forward. Each item must begin where the one before it ended.
import TroupeCluster
import TroupeJournal

extension ShardLog {
  /// Records from an offset on that are still there, until `body` says enough or the log ends. Throws `.corrupt` where one is
  /// missing. The items are read page by page: more may be appended meanwhile, which is read too.
  func records(
    _ shard: ShardID, from: Offset, limit: Int? = nil, _ budget: inout Budget, _ body: (StoredRecord) -> Void
  ) async throws(StoreError) {
    // The item that holds the offset begins at or before it.
    guard let first = try await last(shard, upTo: from, &budget) else { throw Self.gap(shard, at: from) }
    var expected = first.from
    var entries: [(LogItem)] = []
    var left = limit ?? .max
    let query = Table.Query(partition: ItemKey.logPartition(shard), first: first.key.sort, last: "~", limit: nil)
    try await table.query(query, &budget) { (item) throws(StoreError) in
      let entry = try LogItem(item, of: shard)
      guard entry.from == expected else { throw Self.gap(shard, at: expected) }
      expected = entry.end
      if entry.isRaise { return true }
      if entry.end > from {
        entries.append(entry)
        left -= max(entry.from, from).distance(to: entry.end)
      }
      return left > 0
    }
    for entry in entries { try await read(entry, from: from, &budget, body) }
  }

  private func read(
    _ entry: LogItem, from: Offset, _ budget: inout Budget, _ body: (StoredRecord) -> Void
  ) async throws(StoreError) {
    guard case .batch(_, _, _, _, let bulk) = entry.content else { return }
    guard let bytes = try await bytes(of: bulk, in: entry.shard, &budget) else {
      throw .corrupt("a part of the batch at \(entry.from) of shard \(entry.shard) is missing")
    }
    try entry.records(bytes, from: from, body)
  }

  /// Nil when a part is missing.
  func bytes(of bulk: Bulk, in shard: ShardID, _ budget: inout Budget) async throws(StoreError) -> [UInt8]? {
    switch bulk {
    case .inside(let bytes): return bytes
    case .parts(let prefix, let count):
      var bytes: [UInt8] = []
      for index in 0..<count {
        guard let part = try await table.get(.part(shard, prefix, index), &budget), let piece = part.bytes("body") else { return nil }
        bytes += piece
      }
      return bytes
    }
  }

  private static func gap(_ shard: ShardID, at offset: Offset) -> StoreError {
    .corrupt("the log of shard \(shard) has nothing at \(offset)")
  }

  // MARK: Calls

  func tail(_ shard: ShardID, from offset: Offset, _ budget: inout Budget) async throws(StoreError) -> [StoredRecord] {
    try await whole(shard, &budget) { max(offset, $0.head.floor) }
  }

  /// Everything from the offset that `start` chooses. What is cut off while it is read is no damage: it is read once more.
  func whole(
    _ shard: ShardID, _ budget: inout Budget, from start: (ShardState) -> Offset
  ) async throws(StoreError) -> [StoredRecord] {
    for _ in 0..<Self.rounds {
      guard let state = try await state(shard, &budget) else { return [] }
      let from = start(state)
      guard from < state.head.end else { return [] }
      var records: [StoredRecord] = []
      do throws(StoreError) {
        try await self.records(shard, from: from, &budget) { records.append($0) }
        return records
      } catch {
        guard case .corrupt = error, let own = try await table.get(.shard(shard), &budget), try ShardItem(own, of: shard).kept > from else {
          throw error
        }
      }
    }
    throw .unavailable("\(budget.what): the log is cut off all the time")
  }

  func page(_ shard: ShardID, from: Offset, limit: Int, _ budget: inout Budget) async throws(StoreError) -> [StoredRecord] {
    guard let state = try await state(shard, &budget) else { return [] }
    guard from >= state.head.kept else { throw .cutOff(state.head.kept) }
    guard from < state.head.end, limit > 0 else { return [] }
    var records: [StoredRecord] = []
    do throws(StoreError) {
      try await self.records(shard, from: from, limit: limit, &budget) { if records.count < limit { records.append($0) } }
      return records
    } catch {
      if case .corrupt = error, let own = try await table.get(.shard(shard), &budget) {
        let kept = try ShardItem(own, of: shard).kept
        if kept > from { throw .cutOff(kept) }
      }
      throw error
    }
  }

  func log(
    _ shard: ShardID, kind: UInt32, entity: String, limit: Int, _ budget: inout Budget
  ) async throws(StoreError) -> [StoredRecord] {
    let records = try await tail(shard, from: Offset(0), &budget)
    return Array(records.filter { $0.kind == kind && $0.entity == entity }.suffix(max(0, limit)))
  }
}
