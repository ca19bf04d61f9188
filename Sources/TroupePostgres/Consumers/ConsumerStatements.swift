// How far the consumers of each shard's log have come. Checked whenever it is read.
import TroupeCluster
import TroupeJournal

enum ConsumerStatements {
  static let read = Statement(
    name: "consumers", sql: "SELECT name, generation, at_offset, checksum FROM troupe_consumers WHERE shard = $1::int4 ORDER BY name")

  static func read(_ shard: ShardID) -> Query { Query(read) { $0.int4(Int(shard.value)) } }

  /// Answers whether the fence was still the caller's.
  static let write = Statement(
    name: "write_consumers",
    sql: """
      \(SnapshotStatements.guarded), written AS (
        INSERT INTO troupe_consumers(shard, name, generation, at_offset, checksum)
        SELECT $1::int4, c.name, c.generation, c.at_offset, c.checksum
        FROM guard, unnest($4::bytea[], $5::int8[], $6::int8[], $7::int8[]) AS c(name, generation, at_offset, checksum)
        ON CONFLICT (shard, name) DO UPDATE SET generation = excluded.generation, at_offset = excluded.at_offset, checksum = excluded.checksum
        WHERE (excluded.generation, excluded.at_offset) > (troupe_consumers.generation, troupe_consumers.at_offset))
      SELECT count(*) FROM guard
      """)

  static func write(_ offsets: [ConsumerOffset], shard: ShardID, head: Head) -> Query {
    // A statement takes a group once: what the last of them would leave.
    var newest: [String: ConsumerOffset] = [:]
    for offset in offsets where offset.replaces(newest[offset.group]) { newest[offset.group] = offset }
    let written = newest.values.sorted { $0.group < $1.group }
    return Query(write) {
      SnapshotStatements.guardKey(&$0, shard, head)
      $0.byteas(written.map(\.group))
      $0.int8s(written.map { UInt64($0.generation) })
      $0.int8s(written.map(\.offset.value))
      $0.int8s(written.map { checksum($0, shard) })
    }
  }

  static func read(_ rows: Rows?, of shard: ShardID) throws(StoreError) -> [ConsumerOffset] {
    guard let rows else { return [] }
    var found: [ConsumerOffset] = []
    for row in 0..<rows.count {
      let offset = ConsumerOffset(
        group: rows.string(row, 0), generation: UInt32(truncatingIfNeeded: rows.int(row, 1)), offset: Offset(rows.uint(row, 2)))
      guard rows.uint(row, 3) == checksum(offset, shard) else {
        throw .corrupt("the offset of \(offset.group) in shard \(shard): its checksum does not match its row")
      }
      found.append(offset)
    }
    return found
  }

  private static func checksum(_ offset: ConsumerOffset, _ shard: ShardID) -> UInt64 {
    let seed = Checksum.of(numbers: UInt64(shard.value), UInt64(offset.generation), offset.offset.value)
    return Checksum.of(offset.group.utf8Span.span.bytes, seed: seed)
  }
}
