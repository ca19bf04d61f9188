// Snapshots, and how far consumers have come.
public import TroupeCluster
public import TroupeJournal
import TroupeNet

extension PostgresStore {
  /// Attempts against somebody who moves the floor at the same time: a late write of one's own, say.
  private static var attempts: Int { 8 }

  public nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    let what = "snapshots of shard \(shard)"
    let deadline = loop.freshNow() + limit
    for _ in 0..<Self.attempts {
      let stored = try await readHead(shard, within: deadline - loop.freshNow())
      let old = stored ?? .empty
      try old.admitSnapshots(snapshots, floor: floor, kept: kept, fence: fence)
      if old.isOutdated(floor: floor) { return }
      var new = old
      new.raise(floor: floor, kept: kept)
      let queries =
        begin(shard, unless: stored) + SnapshotStatements.write(snapshots, shard: shard, head: old)
        + [LogStatements.moveFloor(shard, from: old, to: new)]
      let isMoved = try await ask(
        what, on: writer, within: deadline - loop.freshNow(), isWrite: true, weight: snapshots.count + 1, queries
      ) { $0.last?.isEmpty == false }
      if isMoved {
        if new.kept > old.kept { letGo(of: old.kept.distance(to: new.kept)) }
        return
      }
    }
    throw .unavailable("\(what): others write there as well; what was written is as if it had not been asked for")
  }

  /// The rules allow writing under the fence 0 of a shard that nobody ever owned; what is written needs a head all the same.
  private func begin(_ shard: ShardID, unless stored: Head?) -> [Query] {
    stored == nil ? [LogStatements.raise(shard, from: nil, to: .empty)] : []
  }

  public nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? {
    let query = SnapshotStatements.one(shard, kind: kind, entity: entity)
    return try await ask("a read of \(entity)'s snapshot", on: reader, within: readLimit, [query]) {
      try SnapshotStatements.read($0.first, of: shard).first.map { Snapshot(offset: $0.offset, state: $0.state ?? []) }
    }
  }

  public nonisolated(nonsending) func listEntities(
    _ shard: ShardID, kind: UInt32, after: String?, limit count: Int
  ) async throws(StoreError) -> [String] {
    let query = SnapshotStatements.list(shard, kind: kind, after: after, limit: count)
    return try await ask("a list of shard \(shard)'s entities", on: reader, within: readLimit, [query]) { rows in
      rows.first.map { rows in (0..<rows.count).map { rows.string($0, 0) } } ?? []
    }
  }

  public nonisolated(nonsending) func readWakes(
    _ shard: ShardID, after: Wake?, before time: Int64, count: Int
  ) async throws(StoreError) -> [Wake] {
    let query = SnapshotStatements.wakes(shard, after: after, before: time, count: count)
    return try await ask("a read of shard \(shard)'s reminders", on: reader, within: readLimit, [query]) { rows in
      guard let rows = rows.first else { return [] }
      return (0..<rows.count).map {
        Wake(at: Int64(rows.int($0, 0)), kind: UInt32(truncatingIfNeeded: rows.int($0, 1)), entity: rows.string($0, 2))
      }
    }
  }

  // MARK: Consumers

  public nonisolated(nonsending) func readConsumers(_ shard: ShardID) async throws(StoreError) -> [ConsumerOffset] {
    try await ask("a read of shard \(shard)'s consumers", on: reader, within: readLimit, [ConsumerStatements.read(shard)]) {
      try ConsumerStatements.read($0.first, of: shard)
    }
  }

  public nonisolated(nonsending) func writeConsumers(
    _ offsets: [ConsumerOffset], shard: ShardID, fence: Fence
  ) async throws(StoreError) {
    for offset in offsets { try offset.validate() }
    let deadline = loop.freshNow() + limit
    let stored = try await readHead(shard, within: limit)
    let head = stored ?? .empty
    guard head.fence == fence else { throw .staleFence(head) }
    guard !offsets.isEmpty else { return }
    let queries = begin(shard, unless: stored) + [ConsumerStatements.write(offsets, shard: shard, head: head)]
    let isWritten = try await ask(
      "the consumers of shard \(shard)", on: writer, within: deadline - loop.freshNow(), isWrite: true, weight: offsets.count, queries
    ) { ($0.last?.int(0, 0) ?? 0) > 0 }
    guard !isWritten else { return }
    throw .staleFence(try await readHead(shard, within: deadline - loop.freshNow()) ?? .empty)
  }
}
