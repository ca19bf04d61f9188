// A write transaction from begin to commit, and what its failure means to those whose work was in it.
import GRDB
import GRDBSQLite
import TroupeJournal

final class Transaction {
  private let connection: OpaquePointer?
  private let file: String
  private let begin: Statement
  private let commit: Statement
  private let rollback: Statement

  init(_ db: Database, file: String) throws(SQLiteFailure) {
    connection = db.sqliteConnection
    self.file = file
    begin = try Statement(db, "BEGIN IMMEDIATE")
    commit = try Statement(db, "COMMIT")
    rollback = try Statement(db, "ROLLBACK")
  }

  /// Nil once the work is durable.
  func run(_ body: () throws(SQLiteFailure) -> Void) -> StoreError? {
    do {
      try begin.run()
      try body()
    } catch {
      undo()
      return error.storeError(in: file)
    }
    do {
      try commit.run()
    } catch {
      undo()
      return error.commitError(in: file)
    }
    return nil
  }

  private func undo() {
    // SQLite has rolled some failures back already.
    guard sqlite3_get_autocommit(connection) == 0 else { return }
    try? rollback.run()
  }
}
