// A connection as a person at `psql` has it: for what a test does behind the store's back. Blocks.
import CPostgres
import Synchronization

// Sound because the lock is held whenever the connection is used.
public final class PostgresTool: @unchecked Sendable {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private let connection: OpaquePointer?
  private let lock = Mutex(())

  public init(_ conninfo: String) throws {
    connection = PQconnectdb(conninfo)
    guard PQstatus(connection) == CONNECTION_OK else {
      throw Failure(description: String(cString: PQerrorMessage(connection)))
    }
  }

  deinit { PQfinish(connection) }

  /// The fields of the last statement's rows.
  @discardableResult
  public func run(_ sql: String) throws -> [[String]] {
    try lock.withLock { _ in
      let result = PQexec(connection, sql)
      defer { PQclear(result) }
      guard [PGRES_TUPLES_OK, PGRES_COMMAND_OK].contains(PQresultStatus(result)) else {
        throw Failure(description: String(cString: PQresultErrorMessage(result)))
      }
      return (0..<PQntuples(result)).map { row in
        (0..<PQnfields(result)).map { String(cString: PQgetvalue(result, row, $0)) }
      }
    }
  }
}
