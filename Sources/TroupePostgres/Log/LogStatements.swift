// The statements of the shards' heads and logs. Each is conditional in itself: what may run late is safe then too.
import TroupeCluster
import TroupeJournal
import TroupeWire

enum LogStatements {
  static let writing = [append, raise, begin, moveFloor, adopt, adoptHead, patience]
  static let reading = [head, tail, page, place, size, trim]

  // MARK: Heads

  static let head = Statement(name: "head", sql: "SELECT \(HeadRow.columns) FROM troupe_heads WHERE shard = $1::int4")

  static func head(_ shard: ShardID) -> Query { Query(head) { $0.int4(Int(shard.value)) } }

  /// From the fence that was read to the next. Waits for an append that is at the row, and then sees what that left.
  static let raise = Statement(
    name: "raise",
    sql: """
      UPDATE troupe_heads SET fence = $4::int8, owner = $5::int8, fence_check = $6::int8
      WHERE shard = $1::int4 AND fence = $2::int8 AND fence_check = $3::int8 RETURNING \(HeadRow.columns)
      """)

  /// The first fence of a shard.
  static let begin = Statement(
    name: "begin",
    sql: """
      INSERT INTO troupe_heads(shard, \(HeadRow.columns))
      VALUES ($1::int4, $2::int8, $3::int8, $4::int8, $5::int8, $6::int8, $7::int8, $8::int8, $9::int8, $10::int8, $11::int8, $12::int8, $13::int8)
      ON CONFLICT (shard) DO NOTHING RETURNING \(HeadRow.columns)
      """)

  static func raise(_ shard: ShardID, from old: Head?, to new: Head) -> Query {
    guard let old else { return Query(begin) { fill(&$0, shard, new) } }
    return Query(raise) {
      $0.int4(Int(shard.value))
      $0.int8(old.fence.value)
      $0.int8(HeadRow.fenceCheck(shard, old.fence, old.owner))
      $0.int8(new.fence.value)
      $0.int8(new.owner.value)
      $0.int8(HeadRow.fenceCheck(shard, new.fence, new.owner))
    }
  }

  private static func fill(_ parameters: inout Parameters, _ shard: ShardID, _ head: Head) {
    parameters.int4(Int(shard.value))
    for value in HeadRow.values(head, of: shard) { parameters.int8(value) }
  }

  static let moveFloor = Statement(
    name: "move_floor",
    sql: """
      UPDATE troupe_heads SET floor = $5::int8, kept = $6::int8, floor_check = $7::int8
      WHERE shard = $1::int4 AND fence = $2::int8 AND fence_check = $3::int8 AND floor_check = $4::int8 RETURNING shard
      """)

  static func moveFloor(_ shard: ShardID, from old: Head, to new: Head) -> Query {
    Query(moveFloor) {
      $0.int4(Int(shard.value))
      $0.int8(old.fence.value)
      $0.int8(HeadRow.fenceCheck(shard, old.fence, old.owner))
      $0.int8(HeadRow.floorCheck(shard, floor: old.floor, kept: old.kept))
      $0.int8(new.floor.value)
      $0.int8(new.kept.value)
      $0.int8(HeadRow.floorCheck(shard, floor: new.floor, kept: new.kept))
    }
  }

  // MARK: Appending

  private static let rowColumns = "shard, first, count, writer, batch, checksum, records"

  /// Moves the heads that admit their batches, and inserts those batches: an array a column, each shard once.
  static let append = Statement(
    name: "append",
    sql: """
      WITH moved AS (
        UPDATE troupe_heads h SET end_offset = b.first + b.count, end_check = b.new_end_check, last_writer = b.writer,
          last_batch = b.batch, last_from = b.first, last_check = b.last_check
        FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::bytea[],
          $8::int8[], $9::int8[], $10::int8[], $11::int8[], $12::int8[])
          AS b(shard, first, count, writer, batch, checksum, records, fence, fence_check, old_end_check, new_end_check, last_check)
        WHERE h.shard = b.shard AND h.fence > 0 AND h.fence = b.fence AND h.owner = b.writer AND h.end_offset = b.first
          AND h.fence_check = b.fence_check AND h.end_check = b.old_end_check
        RETURNING b.*)
      INSERT INTO troupe_log(\(rowColumns)) SELECT \(rowColumns) FROM moved RETURNING shard
      """)

  static func append(_ batches: [AppendBatch]) -> Query {
    Query(append) {
      fillRows(&$0, batches)
      $0.int8s(batches.map(\.fence.value))
      $0.int8s(batches.map { HeadRow.fenceCheck($0.shard, $0.fence, $0.writer) })
      $0.int8s(batches.map { HeadRow.endCheck($0.shard, $0.from) })
      $0.int8s(batches.map { HeadRow.endCheck($0.shard, $0.end) })
      $0.int8s(batches.map { HeadRow.lastCheck($0.shard, writer: $0.writer, batch: $0.batch, from: $0.from, end: $0.end) })
    }
  }

  /// The columns of the log, an array each.
  private static func fillRows(_ parameters: inout Parameters, _ batches: [AppendBatch]) {
    var records: [[UInt8]] = []
    records.reserveCapacity(batches.count)
    for batch in batches {
      var writer = Writer()
      batch.encodeRecords(into: &writer)
      records.append(writer.bytes)
    }
    parameters.int4s(batches.map { Int($0.shard.value) })
    parameters.int8s(batches.map(\.from.value))
    parameters.int4s(batches.map(\.records.count))
    parameters.int8s(batches.map(\.writer.value))
    parameters.int8s(batches.map(\.batch))
    parameters.int8s(
      zip(batches, records).map { batch, bytes in
        LogRow.checksum(
          shard: batch.shard, first: batch.from, count: batch.records.count, writer: batch.writer, batch: batch.batch,
          records: bytes.span.bytes)
      })
    parameters.byteas(records)
  }

  // MARK: Moving a shard here

  static let adopt = Statement(
    name: "adopt",
    sql: """
      INSERT INTO troupe_log(\(rowColumns))
      SELECT * FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::bytea[])
      """)

  static func adopt(_ batches: [AppendBatch]) -> Query { Query(adopt) { fillRows(&$0, batches) } }

  /// Fails when the shard is here already.
  static let adoptHead = Statement(
    name: "adopt_head",
    sql: """
      INSERT INTO troupe_heads(shard, \(HeadRow.columns))
      VALUES ($1::int4, $2::int8, $3::int8, $4::int8, $5::int8, $6::int8, $7::int8, $8::int8, $9::int8, $10::int8, $11::int8, $12::int8, $13::int8)
      """)

  static func adoptHead(_ head: Head, of shard: ShardID) -> Query { Query(adoptHead) { fill(&$0, shard, head) } }

  /// Of this transaction's statements: an import takes longer than an append may.
  static let patience = Statement(name: "patience", sql: "SELECT set_config('statement_timeout', $1::text, true)")

  static func patience(_ limit: Duration) -> Query { Query(patience) { $0.text(Settings.milliseconds(limit)) } }

  // MARK: Reading

  /// The head and rows of the log as one statement, so that both are of one instant: the head comes first, in columns of its own.
  private static func rows(_ name: String, _ which: String) -> Statement {
    let noRow = "NULL::int8, NULL::int4, NULL::int8, NULL::int8, NULL::int8, NULL::bytea"
    let noHead = Array(repeating: "NULL::int8", count: 12).joined(separator: ", ")
    return Statement(
      name: name,
      sql: """
        SELECT \(noRow), \(HeadRow.columns) FROM troupe_heads WHERE shard = $1::int4
        UNION ALL (SELECT first, count, writer, batch, checksum, records, \(noHead) FROM troupe_log WHERE shard = $1::int4 AND \(which))
        """)
  }

  private static func holding(_ offset: String) -> String {
    "first >= coalesce((SELECT max(first) FROM troupe_log WHERE shard = $1::int4 AND first <= \(offset)), 0)"
  }

  static let tail = rows(
    "tail",
    holding("greatest($2::int8, (SELECT floor FROM troupe_heads WHERE shard = $1::int4))") + " ORDER BY first")
  static let page = rows("page", holding("$2::int8") + " ORDER BY first LIMIT $3::int8")
  static let place = rows("place", "first = $2::int8")

  static func tail(_ shard: ShardID, from offset: Offset) -> Query { Query(tail) { key(&$0, shard, offset) } }
  static func place(_ shard: ShardID, at offset: Offset) -> Query { Query(place) { key(&$0, shard, offset) } }

  /// No more batches than records are wanted: each has one at least.
  static func page(_ shard: ShardID, from offset: Offset, limit: Int) -> Query {
    Query(page) {
      key(&$0, shard, offset)
      $0.int8(Int64(max(0, limit)))
    }
  }

  private static func key(_ parameters: inout Parameters, _ shard: ShardID, _ offset: Offset) {
    parameters.int4(Int(shard.value))
    parameters.int8(Int64(clamping: offset.value))
  }

  // MARK: Trimming

  /// Removes what lies below the stored `kept`, which never falls, in some pages of the table: late or twice is as well.
  static let trim = Statement(
    name: "trim",
    sql: """
      DELETE FROM troupe_log l USING troupe_heads h
      WHERE l.ctid >= $1::text::tid AND l.ctid < $2::text::tid AND h.shard = l.shard AND l.first < h.kept AND l.first + l.count <= h.kept
      """)

  static func trim(from first: Int, pages: Int) -> Query {
    Query(trim) {
      $0.text("(\(first),0)")
      $0.text("(\(first + pages),0)")
    }
  }

  /// How many the table has.
  static let size = Statement(
    name: "size", sql: "SELECT pg_relation_size('troupe_log') / current_setting('block_size')::int8")

  static var pages: Query { Query(size) { _ in } }
}
