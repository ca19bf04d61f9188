// The statements of snapshots. Those that write hold the head's row while they look at the fence, so nothing is written under a fence
// that somebody raises meanwhile.
import TroupeCluster
import TroupeJournal

enum SnapshotStatements {
  static let writing = [put, remove]
  static let reading = [one, list, wakes, all]

  /// $1: shard, $2: fence, $3: its checksum.
  static let guarded = """
    WITH guard AS MATERIALIZED (
      SELECT 1 AS held FROM troupe_heads WHERE shard = $1::int4 AND fence = $2::int8 AND fence_check = $3::int8 FOR NO KEY UPDATE)
    """

  static func guardKey(_ parameters: inout Parameters, _ shard: ShardID, _ head: Head) {
    parameters.int4(Int(shard.value))
    parameters.int8(head.fence.value)
    parameters.int8(HeadRow.fenceCheck(shard, head.fence, head.owner))
  }

  static let put = Statement(
    name: "put_snapshots",
    sql: """
      \(guarded) INSERT INTO troupe_snapshots(shard, kind, entity, at_offset, checksum, state, tombstone, wake)
      SELECT $1::int4, s.kind, s.entity, s.at_offset, s.checksum, s.state, s.tombstone <> 0, s.wake
      FROM guard, unnest($4::int8[], $5::bytea[], $6::int8[], $7::int8[], $8::bytea[], $9::int2[], $10::int8[])
        AS s(kind, entity, at_offset, checksum, state, tombstone, wake)
      ON CONFLICT (shard, kind, entity) DO UPDATE SET at_offset = excluded.at_offset, checksum = excluded.checksum,
        state = excluded.state, tombstone = excluded.tombstone, wake = excluded.wake
      WHERE excluded.at_offset > troupe_snapshots.at_offset
      """)

  static let remove = Statement(
    name: "remove_snapshots",
    sql: """
      \(guarded) DELETE FROM troupe_snapshots t USING guard, unnest($4::int8[], $5::bytea[], $6::int8[]) AS s(kind, entity, at_offset)
      WHERE t.shard = $1::int4 AND t.kind = s.kind AND t.entity = s.entity AND t.at_offset <= s.at_offset
      """)

  /// In the order of the writes; a statement takes an entity once.
  static func write(_ writes: [SnapshotWrite], shard: ShardID, head: Head) -> [Query] {
    struct Key: Hashable {
      let kind: UInt32
      let entity: String
    }
    var times: [Key: Int] = [:]
    var rounds: [[SnapshotWrite]] = []
    for write in writes {
      let key = Key(kind: write.kind, entity: write.entity)
      let round = times[key, default: 0]
      times[key] = round + 1
      if round == rounds.count { rounds.append([]) }
      rounds[round].append(write)
    }
    return rounds.flatMap { round in
      let (puts, removals) = (round.filter { $0.state != nil }, round.filter { $0.state == nil })
      return (puts.isEmpty ? [] : [put(puts, shard, head)]) + (removals.isEmpty ? [] : [remove(removals, shard, head)])
    }
  }

  private static func put(_ writes: [SnapshotWrite], _ shard: ShardID, _ head: Head) -> Query {
    Query(put) {
      guardKey(&$0, shard, head)
      $0.int8s(writes.map { UInt64($0.kind) })
      $0.byteas(writes.map(\.entity))
      $0.int8s(writes.map(\.offset.value))
      $0.int8s(writes.map { checksum($0.state ?? [], shard, $0.kind, $0.entity, $0.offset, $0.wake) })
      $0.byteas(writes.map { $0.state ?? [] })
      $0.int2s(writes.map { $0.isTombstone ? 1 : 0 })
      $0.int8s(optional: writes.map(\.wake))
    }
  }

  private static func remove(_ writes: [SnapshotWrite], _ shard: ShardID, _ head: Head) -> Query {
    Query(remove) {
      guardKey(&$0, shard, head)
      $0.int8s(writes.map { UInt64($0.kind) })
      $0.byteas(writes.map(\.entity))
      $0.int8s(writes.map(\.offset.value))
    }
  }

  static func checksum(
    _ state: [UInt8], _ shard: ShardID, _ kind: UInt32, _ entity: String, _ offset: Offset, _ wake: Int64?
  ) -> UInt64 {
    let place = Checksum.of(
      numbers: UInt64(shard.value), UInt64(kind), offset.value, wake == nil ? 0 : 1, UInt64(bitPattern: wake ?? 0))
    return Checksum.of(state.span.bytes, seed: Checksum.of(entity.utf8Span.span.bytes, seed: place))
  }

  // MARK: Reading

  private static let columns = "kind, entity, at_offset, state, tombstone, wake, checksum"

  static let one = Statement(
    name: "snapshot",
    sql: "SELECT \(columns) FROM troupe_snapshots WHERE shard = $1::int4 AND kind = $2::int8 AND entity = $3::bytea")
  static let all = Statement(
    name: "snapshots", sql: "SELECT \(columns) FROM troupe_snapshots WHERE shard = $1::int4 ORDER BY kind, entity")
  static let list = Statement(
    name: "entities",
    sql: """
      SELECT entity FROM troupe_snapshots WHERE shard = $1::int4 AND kind = $2::int8 AND entity > $3::bytea AND NOT tombstone
      ORDER BY entity LIMIT $4::int8
      """)
  static let wakes = Statement(
    name: "wakes",
    sql: """
      SELECT wake, kind, entity FROM troupe_snapshots
      WHERE shard = $1::int4 AND wake IS NOT NULL AND (wake, kind, entity) > ($2::int8, $3::int8, $4::bytea) AND wake < $5::int8
      ORDER BY wake, kind, entity LIMIT $6::int8
      """)

  static func one(_ shard: ShardID, kind: UInt32, entity: String) -> Query {
    Query(one) {
      $0.int4(Int(shard.value))
      $0.int8(UInt64(kind))
      $0.bytea(entity)
    }
  }

  static func all(of shard: ShardID) -> Query { Query(all) { $0.int4(Int(shard.value)) } }

  static func list(_ shard: ShardID, kind: UInt32, after: String?, limit: Int) -> Query {
    Query(list) {
      $0.int4(Int(shard.value))
      $0.int8(UInt64(kind))
      $0.bytea(after ?? "")
      $0.int8(Int64(max(0, limit)))
    }
  }

  static func wakes(_ shard: ShardID, after: Wake?, before limit: Int64, count: Int) -> Query {
    Query(wakes) {
      $0.int4(Int(shard.value))
      $0.int8(after?.at ?? .min)
      $0.int8(after.map { Int64($0.kind) } ?? -1)
      $0.bytea(after?.entity ?? "")
      $0.int8(limit)
      $0.int8(Int64(max(0, count)))
    }
  }

  /// Of `one` or `all`. Throws `.corrupt` for a row that is not as it was written.
  static func read(_ rows: Rows?, of shard: ShardID) throws(StoreError) -> [SnapshotWrite] {
    guard let rows else { return [] }
    var found: [SnapshotWrite] = []
    for row in 0..<rows.count {
      let (state, entity) = (rows.bytes(row, 3), rows.string(row, 1))
      let snapshot = SnapshotWrite(
        kind: UInt32(truncatingIfNeeded: rows.int(row, 0)), entity: entity, offset: Offset(rows.uint(row, 2)), state: state,
        isTombstone: rows.bool(row, 4), wake: rows.isNull(row, 5) ? nil : Int64(rows.int(row, 5)))
      guard rows.uint(row, 6) == checksum(state, shard, snapshot.kind, entity, snapshot.offset, snapshot.wake) else {
        throw .corrupt("the snapshot of \(entity) (kind \(snapshot.kind), shard \(shard)): its checksum does not match its bytes")
      }
      found.append(snapshot)
    }
    return found
  }
}
