// Opening one of the store's files: ours, of a format that we know, durable at every commit. Blocks; used at start-up.
import GRDB
import TroupeJournal

struct StoreFile {
  let path: String
  let schema: String
  /// What makes an older file a newer one, a step each: see `StoreFormat`.
  var migrations: [StoreFormat.Migration] = []
  /// What files of this format may lack: see `StoreFormat`.
  var addition = ""
  /// How long a statement waits for a lock.
  let patience: Duration

  /// For writing. Creates the file's tables when there are none: one process at a time, see `SQLiteStore.open`.
  func openForWriting() throws(StoreError) -> DatabaseQueue {
    try attempt {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.inDatabase { db in
        // Only who makes or changes the file locks it: its writers would leave an opener no gap.
        let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version < StoreFormat.version else { return }
        try db.inTransaction(.immediate) {
          if version == 0 {
            try db.execute(sql: schema)
            try db.execute(sql: "PRAGMA application_id = \(StoreFormat.applicationID)")
          } else {
            for step in migrations.dropFirst(Int(version) - 1) { try step(db) }
          }
          try db.execute(sql: "PRAGMA user_version = \(StoreFormat.version)")
          return .commit
        }
      }
      // Takes no lock where nothing is missing.
      try queue.inDatabase { try $0.execute(sql: addition) }
      return queue
    }
  }

  /// For reading beside the writer, after `openForWriting`.
  func openForReading() throws(StoreError) -> DatabaseQueue {
    try attempt {
      var configuration = configuration
      configuration.readonly = true
      return try DatabaseQueue(path: path, configuration: configuration)
    }
  }

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = path
    configuration.busyMode = .timeout(patience / .seconds(1))
    configuration.prepareDatabase { db in
      try check(db)
      if !db.configuration.readonly { try db.execute(sql: "PRAGMA journal_mode = WAL") }
      // FULL: a commit is on the disk when it is acknowledged. The checkpoint is ours (`WriteAheadLog`), not the commit's.
      try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0")
    }
    return configuration
  }

  /// Throws before anything is written.
  private func check(_ db: Database) throws {
    let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let isEmpty = try Int64.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
    guard !isEmpty else { return }
    guard application == StoreFormat.applicationID else {
      throw StoreError.invalid("\(path) is an SQLite file of something else; nothing was touched")
    }
    guard version <= StoreFormat.version else {
      throw StoreError.newerFormat(
        "\(path) was written by a newer version (format \(version); this one knows formats up to \(StoreFormat.version)); "
          + "nothing was touched")
    }
  }

  private func attempt<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
    do {
      return try body()
    } catch let error as StoreError {
      throw error
    } catch {
      throw SQLiteFailure(error).storeError(in: path)
    }
  }
}
