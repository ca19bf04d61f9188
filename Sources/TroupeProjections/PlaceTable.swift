// Where each projection stands in each shard, beside its own tables: read and written in the transactions that write those.

import GRDB
import Troupe

struct PlaceTable {
  let name: String
  let db: Database

  static let schema = """
    CREATE TABLE IF NOT EXISTS troupe_projection (
      name TEXT PRIMARY KEY, version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS troupe_place (
      name TEXT, shard INTEGER, generation INTEGER NOT NULL, "offset" INTEGER NOT NULL, PRIMARY KEY (name, shard)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS troupe_returned (
      name TEXT, shard INTEGER, "offset" INTEGER, "index" INTEGER, PRIMARY KEY (name, shard, "offset", "index")
    ) STRICT, WITHOUT ROWID
    """

  // MARK: Versions

  func version() throws -> Int? {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT version FROM troupe_projection WHERE name = ?"), arguments: [name])
  }

  /// Every shard is unknown afterwards, so that each begins anew.
  func begin(_ version: Int) throws {
    try db.execute(sql: "DELETE FROM troupe_place WHERE name = ?", arguments: [name])
    try db.execute(sql: "DELETE FROM troupe_returned WHERE name = ?", arguments: [name])
    try db.execute(sql: "INSERT OR REPLACE INTO troupe_projection VALUES (?, ?)", arguments: [name, version])
  }

  // MARK: Places

  func place(in shard: ShardID) throws -> ConsumerPlace? {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: #"SELECT generation, "offset" FROM troupe_place WHERE name = ? AND shard = ?"#),
      arguments: [name, shard.value])
    return row.map { ConsumerPlace(generation: $0[0], offset: Offset(UInt64(bitPattern: $0[1] as Int64))) }
  }

  func write(_ place: ConsumerPlace, in shard: ShardID) throws {
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO troupe_place VALUES (?, ?, ?, ?)")
      .execute(arguments: [name, shard.value, place.generation, Int64(bitPattern: place.offset.value)])
  }

  // MARK: Messages that came back from the dead letters

  /// False for one that was taken before.
  func noteReturned(_ origin: MessageOrigin) throws -> Bool {
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO troupe_returned VALUES (?, ?, ?, ?)")
      .execute(arguments: [name, origin.shard.value, Int64(bitPattern: origin.offset.value), origin.index])
    return db.changesCount > 0
  }

  func forgetReturned(of shard: ShardID) throws {
    try db.execute(sql: "DELETE FROM troupe_returned WHERE name = ? AND shard = ?", arguments: [name, shard.value])
  }
}
