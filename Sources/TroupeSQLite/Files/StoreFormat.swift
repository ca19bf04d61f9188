// The two files of a store: what marks them as ours, which format they have, and their tables.
//
// The log's layout is for speed: rows in the order of commits, so that an append touches the last page and not one page a shard.
// A shard's rows are found from its head along `previous`; a second index would cost what the first saved. Who reads forward, a
// consumer that is behind, begins at a mark: a row in some hundreds has one.
import GRDB

enum StoreFormat {
  /// "TRPE", in `application_id`.
  static let applicationID: Int64 = 0x5452_5045
  /// In `user_version`. Raise it when an older version would misread what this one writes.
  static let version: Int64 = 3

  /// A step from one format to the next: the first begins with format 1.
  typealias Migration = @Sendable (Database) throws -> Void

  static let registerMigrations: [Migration] = [{ _ in }, { _ in }]
  static let logMigrations: [Migration] = [
    { try $0.execute(sql: "ALTER TABLE snapshots ADD COLUMN tombstone INTEGER NOT NULL DEFAULT 0") },
    { db in
      try db.execute(sql: "ALTER TABLE heads ADD COLUMN kept INTEGER NOT NULL DEFAULT 0")
      try HeadTable.addKept(db)
      try db.execute(sql: "ALTER TABLE snapshots ADD COLUMN wake INTEGER")
      try db.execute(sql: addedInFormat3)
    },
  ]

  static let register = """
    CREATE TABLE register(one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, view BLOB NOT NULL, checksum INTEGER NOT NULL);
    CREATE TABLE members(node TEXT PRIMARY KEY, incarnation INTEGER NOT NULL, counter INTEGER) WITHOUT ROWID;
    """

  /// The last beats of the buried. Versions that do not know the table leave it alone, and their burials are waited for from the
  /// burial on: so it is no new format, and is made wherever it is missing.
  static let registerAddition = """
    CREATE TABLE IF NOT EXISTS buried(
      node TEXT NOT NULL, incarnation INTEGER NOT NULL, counter INTEGER NOT NULL, PRIMARY KEY (node, incarnation)) WITHOUT ROWID;
    """

  /// `last_row` is the row of a shard's last batch (0: none); that row is never removed, whatever the floor.
  static let log =
    """
    CREATE TABLE heads(
      shard INTEGER PRIMARY KEY, fence INTEGER NOT NULL, owner INTEGER NOT NULL, end INTEGER NOT NULL, floor INTEGER NOT NULL,
      last_row INTEGER NOT NULL, checksum INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE log(
      row INTEGER PRIMARY KEY, shard INTEGER NOT NULL, previous INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
      writer INTEGER NOT NULL, batch INTEGER NOT NULL, checksum INTEGER NOT NULL, records BLOB NOT NULL);
    CREATE TABLE snapshots(
      shard INTEGER NOT NULL, kind INTEGER NOT NULL, entity TEXT NOT NULL, offset INTEGER NOT NULL, checksum INTEGER NOT NULL,
      state BLOB NOT NULL, tombstone INTEGER NOT NULL DEFAULT 0, wake INTEGER, PRIMARY KEY (shard, kind, entity)) WITHOUT ROWID;
    """ + addedInFormat3

  private static let addedInFormat3 = """
    CREATE INDEX wakes ON snapshots(shard, wake, kind, entity) WHERE wake IS NOT NULL;
    CREATE TABLE marks(shard INTEGER NOT NULL, first INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (shard, first)) WITHOUT ROWID;
    CREATE TABLE consumers(
      shard INTEGER NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, offset INTEGER NOT NULL, checksum INTEGER NOT NULL,
      PRIMARY KEY (shard, name)) WITHOUT ROWID;
    """
}
