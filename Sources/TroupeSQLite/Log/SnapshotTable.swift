// Snapshots of entities. Checked whenever one is read.
import GRDB
import TroupeCluster
import TroupeJournal

final class SnapshotTable {
  private let select: Statement
  private let list: Statement
  private let put: Statement
  private let remove: Statement
  private let due: Statement
  private let whole: Statement

  init(_ db: Database) throws(SQLiteFailure) {
    select = try Statement(db, "SELECT offset, checksum, state, wake FROM snapshots WHERE shard = ?1 AND kind = ?2 AND entity = ?3")
    list = try Statement(
      db, "SELECT entity FROM snapshots WHERE shard = ?1 AND kind = ?2 AND entity > ?3 AND tombstone = 0 ORDER BY entity LIMIT ?4")
    put = try Statement(
      db,
      """
      INSERT INTO snapshots(shard, kind, entity, offset, checksum, state, tombstone, wake) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT DO UPDATE SET offset = excluded.offset, checksum = excluded.checksum, state = excluded.state,
      tombstone = excluded.tombstone, wake = excluded.wake WHERE excluded.offset > offset
      """)
    remove = try Statement(db, "DELETE FROM snapshots WHERE shard = ?1 AND kind = ?2 AND entity = ?3 AND offset <= ?4")
    due = try Statement(
      db,
      """
      SELECT wake, kind, entity FROM snapshots
      WHERE shard = ?1 AND wake IS NOT NULL AND (wake, kind, entity) > (?2, ?3, ?4) AND wake < ?5 ORDER BY wake, kind, entity LIMIT ?6
      """)
    whole = try Statement(
      db, "SELECT kind, entity, offset, state, tombstone, wake, checksum FROM snapshots WHERE shard = ?1 ORDER BY kind, entity")
  }

  func read(_ shard: ShardID, kind: UInt32, entity: String) throws -> Snapshot? {
    bind(select, shard, kind, entity)
    guard try select.step() else { return nil }
    defer { select.reset() }
    let snapshot = Snapshot(offset: Offset(select.uint(0)), state: select.bytes(2))
    let wake = select.isNull(3) ? nil : Int64(select.int(3))
    guard select.uint(1) == checksum(snapshot.state, shard, kind, entity, snapshot.offset, wake) else {
      throw StoreError.corrupt("the snapshot of \(entity) (kind \(kind), shard \(shard)): its checksum does not match its bytes")
    }
    return snapshot
  }

  func entities(_ shard: ShardID, kind: UInt32, after: String, limit: Int) throws(SQLiteFailure) -> [String] {
    bind(list, shard, kind, after)
    list.bind(limit, at: 4)
    var found: [String] = []
    while try list.step() { found.append(list.string(0)) }
    return found
  }

  func wakes(_ shard: ShardID, after: Wake?, before limit: Int64, count: Int) throws(SQLiteFailure) -> [Wake] {
    due.bind(Int(shard.value), at: 1)
    due.bind(after?.at ?? .min, at: 2)
    due.bind(after.map { Int($0.kind) } ?? -1, at: 3)
    due.bind(after?.entity ?? "", at: 4)
    due.bind(limit, at: 5)
    due.bind(count, at: 6)
    var found: [Wake] = []
    while try due.step() {
      found.append(Wake(at: Int64(due.int(0)), kind: UInt32(truncatingIfNeeded: due.int(1)), entity: due.string(2)))
    }
    return found
  }

  /// For a move to another store.
  func all(of shard: ShardID) throws -> [SnapshotWrite] {
    whole.bind(Int(shard.value), at: 1)
    var found: [SnapshotWrite] = []
    while try whole.step() {
      let snapshot = SnapshotWrite(
        kind: UInt32(truncatingIfNeeded: whole.int(0)), entity: whole.string(1), offset: Offset(whole.uint(2)), state: whole.bytes(3),
        isTombstone: whole.int(4) != 0, wake: whole.isNull(5) ? nil : Int64(whole.int(5)))
      guard whole.uint(6) == checksum(snapshot.state!, shard, snapshot.kind, snapshot.entity, snapshot.offset, snapshot.wake) else {
        whole.reset()
        throw StoreError.corrupt("the snapshot of \(snapshot.entity) (kind \(snapshot.kind), shard \(shard)): its checksum does not match")
      }
      found.append(snapshot)
    }
    return found
  }

  /// Inside a transaction. An older one than what is there changes nothing.
  func write(_ snapshot: SnapshotWrite, shard: ShardID) throws(SQLiteFailure) {
    guard let state = snapshot.state else {
      bind(remove, shard, snapshot.kind, snapshot.entity)
      remove.bind(snapshot.offset.value, at: 4)
      return try remove.run()
    }
    bind(put, shard, snapshot.kind, snapshot.entity)
    put.bind(snapshot.offset.value, at: 4)
    put.bind(checksum(state, shard, snapshot.kind, snapshot.entity, snapshot.offset, snapshot.wake), at: 5)
    put.bind(snapshot.isTombstone ? 1 : 0, at: 7)
    if let wake = snapshot.wake { put.bind(wake, at: 8) } else { put.bindNull(at: 8) }
    try put.run(bytes: state.span.bytes, at: 6)
  }

  private func bind(_ statement: Statement, _ shard: ShardID, _ kind: UInt32, _ entity: String) {
    statement.bind(Int(shard.value), at: 1)
    statement.bind(Int(kind), at: 2)
    statement.bind(entity, at: 3)
  }

  private func checksum(
    _ state: [UInt8], _ shard: ShardID, _ kind: UInt32, _ entity: String, _ offset: Offset, _ wake: Int64?
  ) -> UInt64 {
    let place = Checksum.of(numbers: UInt64(shard.value), UInt64(kind), offset.value)
    // Without a wake as in formats that knew none.
    let seed = wake.map { Checksum.of(numbers: place, UInt64(bitPattern: $0)) } ?? place
    let key = Checksum.of(entity.utf8Span.span.bytes, seed: seed)
    return Checksum.of(state.span.bytes, seed: key)
  }
}
