// The two files of a store: what marks them as ours, which format they have, and their tables.
//
// The log's layout is for speed: rows in the order of commits, so that an append touches the last page and not one page a shard.
// A shard's rows are found from its head along `previous`; a second index would cost what the first saved.

enum StoreFormat {
  /// "TRPE", in `application_id`.
  static let applicationID: Int64 = 0x5452_5045
  /// In `user_version`. Raise it when an older version would misread what this one writes.
  static let version: Int64 = 2

  /// What makes a log of an older format one of the next: the first entry begins with format 1. The register has not changed.
  static let logMigrations = ["ALTER TABLE snapshots ADD COLUMN tombstone INTEGER NOT NULL DEFAULT 0"]

  static let register = """
    CREATE TABLE register(one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, view BLOB NOT NULL, checksum INTEGER NOT NULL);
    CREATE TABLE members(node TEXT PRIMARY KEY, incarnation INTEGER NOT NULL, counter INTEGER) WITHOUT ROWID;
    """

  /// `last_row` is the row of a shard's last batch (0: none); that row is never removed, whatever the floor.
  static let log = """
    CREATE TABLE heads(
      shard INTEGER PRIMARY KEY, fence INTEGER NOT NULL, owner INTEGER NOT NULL, end INTEGER NOT NULL, floor INTEGER NOT NULL,
      last_row INTEGER NOT NULL, checksum INTEGER NOT NULL);
    CREATE TABLE log(
      row INTEGER PRIMARY KEY, shard INTEGER NOT NULL, previous INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
      writer INTEGER NOT NULL, batch INTEGER NOT NULL, checksum INTEGER NOT NULL, records BLOB NOT NULL);
    CREATE TABLE snapshots(
      shard INTEGER NOT NULL, kind INTEGER NOT NULL, entity TEXT NOT NULL, offset INTEGER NOT NULL, checksum INTEGER NOT NULL,
      state BLOB NOT NULL, tombstone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (shard, kind, entity)) WITHOUT ROWID;
    """
}
