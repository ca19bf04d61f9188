// Snapshots of entities. Checked whenever one is read.
import GRDB
import TroupeCluster
import TroupeJournal

final class SnapshotTable {
  private let select: Statement
  private let list: Statement
  private let put: Statement
  private let remove: Statement

  init(_ db: Database) throws(SQLiteFailure) {
    select = try Statement(db, "SELECT offset, checksum, state FROM snapshots WHERE shard = ?1 AND kind = ?2 AND entity = ?3")
    list = try Statement(
      db, "SELECT entity FROM snapshots WHERE shard = ?1 AND kind = ?2 AND entity > ?3 AND tombstone = 0 ORDER BY entity LIMIT ?4")
    put = try Statement(
      db,
      """
      INSERT INTO snapshots(shard, kind, entity, offset, checksum, state, tombstone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      ON CONFLICT DO UPDATE SET offset = excluded.offset, checksum = excluded.checksum, state = excluded.state,
      tombstone = excluded.tombstone WHERE excluded.offset > offset
      """)
    remove = try Statement(db, "DELETE FROM snapshots WHERE shard = ?1 AND kind = ?2 AND entity = ?3 AND offset <= ?4")
  }

  func read(_ shard: ShardID, kind: UInt32, entity: String) throws -> Snapshot? {
    bind(select, shard, kind, entity)
    guard try select.step() else { return nil }
    defer { select.reset() }
    let snapshot = Snapshot(offset: Offset(select.uint(0)), state: select.bytes(2))
    guard select.uint(1) == checksum(snapshot.state, shard, kind, entity, snapshot.offset) else {
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

  /// Inside a transaction. An older one than what is there changes nothing.
  func write(_ snapshot: SnapshotWrite, shard: ShardID) throws(SQLiteFailure) {
    guard let state = snapshot.state else {
      bind(remove, shard, snapshot.kind, snapshot.entity)
      remove.bind(snapshot.offset.value, at: 4)
      return try remove.run()
    }
    bind(put, shard, snapshot.kind, snapshot.entity)
    put.bind(snapshot.offset.value, at: 4)
    put.bind(checksum(state, shard, snapshot.kind, snapshot.entity, snapshot.offset), at: 5)
    put.bind(snapshot.isTombstone ? 1 : 0, at: 7)
    try put.run(bytes: state.span.bytes, at: 6)
  }

  private func bind(_ statement: Statement, _ shard: ShardID, _ kind: UInt32, _ entity: String) {
    statement.bind(Int(shard.value), at: 1)
    statement.bind(Int(kind), at: 2)
    statement.bind(entity, at: 3)
  }

  private func checksum(_ state: [UInt8], _ shard: ShardID, _ kind: UInt32, _ entity: String, _ offset: Offset) -> UInt64 {
    let key = Checksum.of(entity.utf8Span.span.bytes, seed: Checksum.of(numbers: UInt64(shard.value), UInt64(kind), offset.value))
    return Checksum.of(state.span.bytes, seed: key)
  }
}
