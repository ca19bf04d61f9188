// The statements of the register and its beats.
import TroupeCluster
import TroupeJournal
import TroupeWire

enum RegisterStatements {
  static let all = [view, epoch, create, change, beat, beats]

  static let view = Statement(name: "view", sql: "SELECT epoch, view, checksum FROM troupe_register")
  static let epoch = Statement(name: "epoch", sql: "SELECT epoch FROM troupe_register")

  static let create = Statement(
    name: "create",
    sql: """
      WITH made AS (
        INSERT INTO troupe_register(one, epoch, view, checksum) VALUES (1, $1::int8, $2::bytea, $3::int8)
        ON CONFLICT (one) DO NOTHING RETURNING 1),
      added AS (
        INSERT INTO troupe_members(node, incarnation, counter)
        SELECT m.node, m.incarnation, NULL FROM made, unnest($4::bytea[], $5::int8[]) AS m(node, incarnation))
      SELECT count(*) FROM made
      """)

  /// Members keep their counters, and so do the buried; who is new has none; who left loses his. Who came back as another incarnation
  /// is listed once `gone` has removed the earlier one's row.
  static let change = Statement(
    name: "change",
    sql: """
      WITH changed AS (
        UPDATE troupe_register SET epoch = $1::int8, view = $2::bytea, checksum = $3::int8 WHERE epoch = $1::int8 - 1 RETURNING 1),
      gone AS (
        DELETE FROM troupe_members WHERE EXISTS (SELECT FROM changed)
          AND NOT EXISTS (
            SELECT FROM unnest($4::bytea[], $5::int8[]) AS m(node, incarnation)
            WHERE m.node = troupe_members.node AND m.incarnation = troupe_members.incarnation)
        RETURNING node, incarnation, counter),
      listed AS (
        INSERT INTO troupe_members(node, incarnation, counter)
        SELECT m.node, m.incarnation, NULL
        FROM changed, (SELECT count(*) FROM gone) AS removed, unnest($4::bytea[], $5::int8[]) AS m(node, incarnation)
        ON CONFLICT (node) DO NOTHING),
      buried AS (
        INSERT INTO troupe_buried(node, incarnation, counter)
        SELECT node, incarnation, counter FROM gone JOIN unnest($6::bytea[], $7::int8[]) AS b(node, incarnation) USING (node, incarnation)
        WHERE counter IS NOT NULL ON CONFLICT DO NOTHING),
      forgotten AS (
        DELETE FROM troupe_buried WHERE EXISTS (SELECT FROM changed)
          AND NOT EXISTS (
            SELECT FROM unnest($6::bytea[], $7::int8[]) AS b(node, incarnation)
            WHERE b.node = troupe_buried.node AND b.incarnation = troupe_buried.incarnation))
      SELECT count(*) FROM changed
      """)

  static func create(_ view: View) -> Query {
    Query(create) { first(view, into: &$0) }
  }

  static func change(to view: View) -> Query {
    Query(change) {
      first(view, into: &$0)
      $0.byteas(view.burials.map(\.id.value))
      $0.int8s(view.burials.map(\.incarnation.value))
    }
  }

  /// The parameters that both have: the view, and whom it lists.
  private static func first(_ view: View, into parameters: inout Parameters) {
    var writer = Writer()
    writer.write(view)
    let bytes = writer.bytes
    parameters.int8(view.epoch.value)
    parameters.bytea(bytes.span.bytes)
    parameters.int8(checksum(view.epoch.value, bytes))
    parameters.byteas(view.members.map(\.id.value))
    parameters.int8s(view.members.map(\.incarnation.value))
  }

  private static func checksum(_ epoch: UInt64, _ view: [UInt8]) -> UInt64 {
    Checksum.of(view.span.bytes, seed: Checksum.of(numbers: epoch))
  }

  static func readView(_ rows: Rows?) throws(StoreError) -> View? {
    guard let rows, !rows.isEmpty else { return nil }
    let bytes = rows.bytes(0, 1)
    guard rows.uint(0, 2) == checksum(rows.uint(0, 0), bytes) else {
      throw .corrupt("the register: its checksum does not match its bytes")
    }
    do throws(WireError) {
      var reader = Reader(bytes.span.bytes)
      return try reader.read(View.self)
    } catch {
      throw .corrupt("the register cannot be read: \(error)")
    }
  }

  // MARK: Beats

  /// Waits for a change of the register that is at this member's row, and then finds it gone.
  static let beat = Statement(
    name: "beat",
    sql: """
      UPDATE troupe_members SET counter = greatest(coalesce(counter, 0), $3::int8)
      WHERE node = $1::bytea AND incarnation = $2::int8 RETURNING 1
      """)

  /// After `beat`, in its transaction: what it sees is not older than what that found.
  static let beats = Statement(
    name: "beats",
    sql: """
      SELECT r.epoch, EXISTS (SELECT FROM troupe_members WHERE node = $1::bytea AND incarnation = $2::int8), m.node, m.incarnation, m.counter
      FROM troupe_register r LEFT JOIN (
        SELECT node, incarnation, counter FROM troupe_members WHERE counter IS NOT NULL
        UNION ALL SELECT node, incarnation, counter FROM troupe_buried) AS m ON true
      ORDER BY m.node, m.incarnation
      """)

  static func beat(_ beat: Beat) -> [Query] {
    [
      Query(self.beat) {
        $0.bytea(beat.node.value)
        $0.int8(beat.incarnation.value)
        $0.int8(beat.counter)
      },
      Query(beats) {
        $0.bytea(beat.node.value)
        $0.int8(beat.incarnation.value)
      },
    ]
  }

  /// Nil: it was listed in between; beat again.
  static func outcome(_ updated: Rows, _ rows: Rows) throws(StoreError) -> BeatOutcome? {
    guard !rows.isEmpty else { throw .invalid("there is no cluster to beat in") }
    let found = (0..<rows.count).filter { !rows.isNull($0, 2) }.map {
      Beat(node: NodeID(rows.string($0, 2)), incarnation: Incarnation(rows.uint($0, 3)), counter: rows.uint($0, 4))
    }
    let epoch = Epoch(rows.uint(0, 0))
    if !updated.isEmpty { return .beats(epoch: epoch, found) }
    return rows.bool(0, 1) ? nil : .refusedNotListed(epoch: epoch, found)
  }
}
