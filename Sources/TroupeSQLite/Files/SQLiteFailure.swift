// What SQLite answers when it does not do what it was asked, and what that means to a caller of the store.
import GRDB
import GRDBSQLite
import TroupeJournal

/// A failed statement. Whoever catches it rolls the transaction back.
struct SQLiteFailure: Error {
  let code: Int32
  let extendedCode: Int32
  let message: String

  init(_ connection: OpaquePointer?) {
    extendedCode = sqlite3_extended_errcode(connection)
    code = extendedCode & 0xff
    message = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "no connection"
  }

  init(code: Int32, message: String) {
    extendedCode = code
    self.code = code & 0xff
    self.message = message
  }

  init(_ error: any Error) {
    let error = error as? DatabaseError
    extendedCode = error?.extendedResultCode.rawValue ?? SQLITE_ERROR
    code = extendedCode & 0xff
    message = (error?.message ?? "unknown") + (error?.sql.map { " in \($0)" } ?? "")
  }

  /// Before the commit: nothing was done.
  func storeError(in file: String) -> StoreError {
    let what = "\(file): \(message) (SQLite \(extendedCode))"
    return switch code {
    case SQLITE_FULL: .diskFull(what)
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(what)
    default: .unavailable(what)
    }
  }

  /// While it committed. Without room the last frame, which makes a transaction count, was not written; and who is refused
  /// a lock has written nothing. After any other failure the frames may be on the disk, and count when it is read again.
  func commitError(in file: String) -> StoreError {
    switch code {
    case SQLITE_FULL, SQLITE_BUSY: storeError(in: file)
    default: .unknown("\(file): \(message) (SQLite \(extendedCode))")
    }
  }
}
