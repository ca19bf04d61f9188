// The same on PostgreSQL: one server, and a schema for each run. Before the odd and behind the even steps.
import Foundation
import Killed
import PostgresServer
import Synchronization
import Testing

@Suite struct PostgresKillerTests {
  @Test(arguments: Blow.all(Blow.ofSteps))
  func `wherever the node dies each effect is one`(_ cast: Cast, _ blow: Blow) async throws {
    let server = try Server.shared()
    let sweep = Sweep(cast: cast, blow: blow) {
      let schema = "s" + UUID().uuidString.prefix(8).lowercased()
      try server.run("CREATE SCHEMA \(schema)")
      return .init(location: "postgres:\(server.conninfo()) options='-c search_path=\(schema)'")
    }
    try await sweep.run("PostgreSQL", isThinned: true)
  }

  private enum Server {
    private static let started = Mutex<Result<PostgresServer, any Error>?>(nil)

    static func shared() throws -> PostgresServer {
      try started.withLock { started in
        if let started { return try started.get() }
        let result = Result { try PostgresServer(settings: ["max_connections=200"]) }
        started = result
        // Statics have no end of their own.
        atexit { Server.end() }
        return try result.get()
      }
    }

    private static func end() { started.withLock { $0 = nil } }
  }
}
