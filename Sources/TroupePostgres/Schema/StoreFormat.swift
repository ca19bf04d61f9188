// The store's tables and their format: what makes an older format a newer one, and what a newer one is refused with.
//
// A shard's rows stand by (shard, first): a tail is read in order, and a place is found at once. Entities, groups and nodes are bytes
// and not text: they are ordered by their bytes whatever the database's collation, and may hold what text may not.
import TroupeJournal

enum StoreFormat {
  /// Raise it, with a step, when an older version would misread what this one writes.
  static var version: Int { steps.count }

  /// From nothing to format 1, from 1 to 2, and so on: each a few statements.
  static let steps = [first]

  static func refusal(of found: Int) -> StoreError? {
    guard found > version else { return nil }
    return .newerFormat(
      "the database was written by a newer version (format \(found); this one knows formats up to \(version)); nothing was touched")
  }

  /// As libpq tells a server's version: 150004 is 15.4.
  static func refusal(ofServer version: Int32) -> String? {
    guard version < 140_000 else { return nil }
    return "the server is PostgreSQL \(version / 10_000); 14 or later is needed, which can look at some pages of a table alone"
  }

  /// The last beats of the buried. Versions that do not know the table leave it alone, and their burials are waited for from the
  /// burial on: so it is no new format, and is made wherever it is missing.
  static let additionName = "troupe_buried"
  static let addition = """
    CREATE TABLE IF NOT EXISTS troupe_buried(
      node bytea NOT NULL, incarnation int8 NOT NULL, counter int8 NOT NULL, PRIMARY KEY (node, incarnation))
    """

  /// Heads are written with each append: they leave room in their pages, so that no index is touched. Records are not compressed, and
  /// stay in their row up to 8 KB.
  private static let first = """
    CREATE TABLE troupe_register(
      one int4 PRIMARY KEY CHECK (one = 1), epoch int8 NOT NULL, view bytea NOT NULL, checksum int8 NOT NULL);
    CREATE TABLE troupe_members(node bytea PRIMARY KEY, incarnation int8 NOT NULL, counter int8) WITH (fillfactor = 25);
    CREATE TABLE troupe_heads(
      shard int4 PRIMARY KEY, fence int8 NOT NULL, owner int8 NOT NULL, fence_check int8 NOT NULL,
      end_offset int8 NOT NULL, end_check int8 NOT NULL,
      last_writer int8 NOT NULL, last_batch int8 NOT NULL, last_from int8 NOT NULL, last_check int8 NOT NULL,
      floor int8 NOT NULL, kept int8 NOT NULL, floor_check int8 NOT NULL) WITH (fillfactor = 25);
    CREATE TABLE troupe_log(
      shard int4 NOT NULL, count int4 NOT NULL, first int8 NOT NULL, writer int8 NOT NULL, batch int8 NOT NULL, checksum int8 NOT NULL,
      records bytea NOT NULL, PRIMARY KEY (shard, first)) WITH (toast_tuple_target = 8160);
    ALTER TABLE troupe_log ALTER COLUMN records SET STORAGE EXTERNAL;
    CREATE TABLE troupe_snapshots(
      shard int4 NOT NULL, kind int8 NOT NULL, entity bytea NOT NULL, at_offset int8 NOT NULL, checksum int8 NOT NULL,
      state bytea NOT NULL, tombstone bool NOT NULL, wake int8, PRIMARY KEY (shard, kind, entity));
    CREATE INDEX troupe_wakes ON troupe_snapshots(shard, wake, kind, entity) WHERE wake IS NOT NULL;
    CREATE TABLE troupe_consumers(
      shard int4 NOT NULL, name bytea NOT NULL, generation int8 NOT NULL, at_offset int8 NOT NULL, checksum int8 NOT NULL,
      PRIMARY KEY (shard, name));
    """
}
