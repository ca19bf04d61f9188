// Snapshots, the floor, and consumers: what is written under a fence but not in the log.
import TroupeAWS
import TroupeCluster
import TroupeJournal

struct Snapshots: Sendable {
  let log: ShardLog
  private var table: Table { log.table }

  // MARK: Reading

  func read(_ shard: ShardID, kind: UInt32, entity: String, _ budget: inout Budget) async throws(StoreError) -> Snapshot? {
    guard entity.utf8.count <= ItemKey.entityLimit else { return nil }
    for _ in 0..<ShardLog.rounds {
      guard let item = try await table.get(.snapshot(shard, kind: kind, entity: entity), &budget) else { return nil }
      let found = try SnapshotItem(item, of: shard)
      if let state = try await log.bytes(of: found.bulk, in: shard, &budget) {
        try found.check(state)
        return Snapshot(offset: found.offset, state: state)
      }
      // A part is missing: a newer snapshot may have replaced this one, or it is damage.
      guard let again = try await table.get(.snapshot(shard, kind: kind, entity: entity), &budget), again == item else { continue }
      throw .corrupt("a part of the snapshot of \(entity) (kind \(kind), shard \(shard)) is missing")
    }
    throw .unavailable("\(budget.what): the snapshot is replaced all the time")
  }

  func wakes(
    _ shard: ShardID, after: Wake?, before limit: Int64, count: Int, _ budget: inout Budget
  ) async throws(StoreError) -> [Wake] {
    // Behind a key is that key with the lowest character at its end; before a time is its digits without a kind.
    let first = after.map { ItemKey.due($0) + "\u{0}" } ?? "0"
    let last = ItemKey.due(limit)
    guard count > 0, first <= last else { return [] }
    var found: [Wake] = []
    let query = Table.Query(
      partition: ItemKey.snapshotPartition(shard), first: first, last: last, limit: count, only: ["due"], index: StoreSchema.wakes)
    try await table.query(query, &budget) { (item) throws(StoreError) in
      guard let wake = item.text("due").flatMap(ItemKey.wake) else { throw .corrupt("a wake of shard \(shard) cannot be read") }
      found.append(wake)
      return true
    }
    return found
  }

  func entities(
    _ shard: ShardID, kind: UInt32, after: String?, limit: Int, _ budget: inout Budget
  ) async throws(StoreError) -> [String] {
    let prefix = ItemKey.kindPrefix(kind)
    var found: [String] = []
    guard limit > 0 else { return [] }
    let query = Table.Query(
      partition: ItemKey.snapshotPartition(shard), first: prefix + (after.map { $0 + "\u{0}" } ?? ""), last: prefix + "\u{10FFFF}",
      only: ["tombstone"])
    try await table.query(query, &budget) { (item) throws(StoreError) in
      if item.attributes["tombstone"] == nil, let key = item.text("sk") { found.append(String(key.dropFirst(prefix.count))) }
      return found.count < limit
    }
    return found
  }

  func all(_ shard: ShardID, _ budget: inout Budget) async throws(StoreError) -> [SnapshotWrite] {
    var items: [SnapshotItem] = []
    let query = Table.Query(partition: ItemKey.snapshotPartition(shard), first: "0", last: "~")
    try await table.query(query, &budget) { (item) throws(StoreError) in
      items.append(try SnapshotItem(item, of: shard))
      return true
    }
    var writes: [SnapshotWrite] = []
    for item in items {
      guard let state = try await log.bytes(of: item.bulk, in: shard, &budget) else {
        throw .corrupt("a part of the snapshot of \(item.entity) (kind \(item.kind), shard \(shard)) is missing")
      }
      try item.check(state)
      writes.append(item.write(state))
    }
    return writes
  }
}
