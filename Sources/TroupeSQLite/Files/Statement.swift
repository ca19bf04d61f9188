// A prepared statement, as bare as SQLite's own: on the path of every durable command GRDB's rows and arguments would cost more
// than the database does. Lives on one thread with its connection.
import GRDB
import GRDBSQLite

final class Statement {
  private let handle: OpaquePointer
  private let connection: OpaquePointer

  init(_ db: Database, _ sql: String) throws(SQLiteFailure) {
    guard let connection = db.sqliteConnection else { throw SQLiteFailure(nil) }
    var handle: OpaquePointer?
    guard sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil) == SQLITE_OK, let handle else {
      throw SQLiteFailure(connection)
    }
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Parameters, from 1

  @inline(__always) func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }
  @inline(__always) func bind(_ value: UInt64, at index: Int32) { bind(Int64(bitPattern: value), at: index) }
  @inline(__always) func bind(_ value: Int, at index: Int32) { bind(Int64(value), at: index) }

  func bindNull(at index: Int32) { sqlite3_bind_null(handle, index) }

  func bind(_ value: String, at index: Int32) {
    var value = value
    value.withUTF8 { text in
      _ = sqlite3_bind_text(
        handle, index, text.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) } ?? Self.nothing,
        Int32(text.count), Self.copied)
    }
  }

  func bind(_ bytes: [UInt8], at index: Int32) {
    _ = bytes.withUnsafeBytes {
      sqlite3_bind_blob(handle, index, $0.baseAddress ?? UnsafeRawPointer(Self.nothing), Int32($0.count), Self.copied)
    }
  }

  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  /// SQLite takes a null pointer for NULL, and an empty array may have no address.
  nonisolated(unsafe) private static let nothing = UnsafePointer<CChar>(UnsafeMutablePointer<CChar>.allocate(capacity: 1))

  // MARK: Running

  /// Runs a statement that answers no row.
  @inline(__always) func run() throws(SQLiteFailure) {
    let code = sqlite3_step(handle)
    guard code == SQLITE_DONE else { throw failed() }
    sqlite3_reset(handle)
  }

  /// As `run`, with bytes that SQLite reads in place.
  func run(bytes: RawSpan, at index: Int32) throws(SQLiteFailure) {
    let code = bytes.withUnsafeBytes { bytes in
      sqlite3_bind_blob(handle, index, bytes.baseAddress ?? UnsafeRawPointer(Self.nothing), Int32(bytes.count), nil)
      return sqlite3_step(handle)
    }
    guard code == SQLITE_DONE else { throw failed() }
    sqlite3_reset(handle)
  }

  /// Goes to the next row; false behind the last, and then it may be bound anew.
  func step() throws(SQLiteFailure) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    default: throw failed()
    }
  }

  func reset() { sqlite3_reset(handle) }

  private func failed() -> SQLiteFailure {
    defer { sqlite3_reset(handle) }
    return SQLiteFailure(connection)
  }

  /// Rows that the last statement changed.
  var changes: Int32 { sqlite3_changes(connection) }

  // MARK: Columns of the current row, from 0

  func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }
  func uint(_ column: Int32) -> UInt64 { UInt64(bitPattern: sqlite3_column_int64(handle, column)) }
  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
  func string(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
  func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }
}
