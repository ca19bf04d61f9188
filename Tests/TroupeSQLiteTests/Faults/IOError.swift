// SQLite's extended codes for what a disk does: macros that Swift does not import.
import GRDBSQLite

enum IOError {
  static let read = code(1)
  static let write = code(3)
  static let sync = code(4)
  static let truncate = code(6)
  static let size = code(7)
  static let delete = code(10)

  private static func code(_ number: Int32) -> Int32 { SQLITE_IOERR | number << 8 }
}
