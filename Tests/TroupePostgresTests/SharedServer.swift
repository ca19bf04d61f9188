// One server for all tests that do it no harm; each takes a schema of its own.
import Foundation
import PostgresServer
import Synchronization
import TroupeJournal
import TroupePostgres

enum SharedServer {
  private static let started = Mutex<Result<PostgresServer, any Error>?>(nil)

  static func server() throws -> PostgresServer {
    try started.withLock { started in
      if let started { return try started.get() }
      let result = Result { try PostgresServer(settings: ["max_connections=500"]) }
      started = result
      // Statics have no end of their own.
      atexit { SharedServer.end() }
      return try result.get()
    }
  }

  private static func end() { started.withLock { $0 = nil } }

  /// A connection string that finds an empty schema.
  static func freshSchema() throws -> String {
    let server = try server()
    let name = "s" + UUID().uuidString.prefix(8).lowercased()
    try server.run("CREATE SCHEMA \(name)")
    return server.conninfo() + " options='-c search_path=\(name)'"
  }
}

extension PostgresStore {
  /// A store that waits for as long as a busy machine's disk may stall: what is tested is not the disk.
  static func patient(_ conninfo: String) throws(StoreError) -> PostgresStore { try open(conninfo, limit: .seconds(30)) }
}
