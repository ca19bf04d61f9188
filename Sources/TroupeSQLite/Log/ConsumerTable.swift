// How far the consumers of each shard's log have come. Checked whenever it is read.
import GRDB
import TroupeCluster
import TroupeJournal

final class ConsumerTable {
  private let select: Statement
  private let put: Statement

  init(_ db: Database) throws(SQLiteFailure) {
    select = try Statement(db, "SELECT name, generation, offset, checksum FROM consumers WHERE shard = ?1 ORDER BY name")
    put = try Statement(
      db,
      """
      INSERT INTO consumers VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT DO UPDATE SET generation = excluded.generation, offset = excluded.offset, checksum = excluded.checksum
      WHERE excluded.generation > generation OR (excluded.generation = generation AND excluded.offset > offset)
      """)
  }

  func read(_ shard: ShardID) throws -> [ConsumerOffset] {
    select.bind(Int(shard.value), at: 1)
    var found: [ConsumerOffset] = []
    while try select.step() {
      let offset = ConsumerOffset(
        group: select.string(0), generation: UInt32(truncatingIfNeeded: select.int(1)), offset: Offset(select.uint(2)))
      guard select.uint(3) == Self.checksum(offset, shard) else {
        select.reset()
        throw StoreError.corrupt("the offset of \(offset.group) in shard \(shard): its checksum does not match its row")
      }
      found.append(offset)
    }
    return found
  }

  /// Inside a transaction. One that is behind what is there changes nothing.
  func write(_ offset: ConsumerOffset, shard: ShardID) throws(SQLiteFailure) {
    put.bind(Int(shard.value), at: 1)
    put.bind(offset.group, at: 2)
    put.bind(Int(offset.generation), at: 3)
    put.bind(offset.offset.value, at: 4)
    put.bind(Self.checksum(offset, shard), at: 5)
    try put.run()
  }

  private static func checksum(_ offset: ConsumerOffset, _ shard: ShardID) -> UInt64 {
    let seed = Checksum.of(numbers: UInt64(shard.value), UInt64(offset.generation), offset.offset.value)
    return Checksum.of(offset.group.utf8Span.span.bytes, seed: seed)
  }
}
