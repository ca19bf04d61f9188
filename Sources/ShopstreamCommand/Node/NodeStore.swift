// Opens the store that a node was told to use.

import Troupe
import TroupeAWS
import TroupeDynamoDB
import TroupePostgres
import TroupeSQLite

enum NodeStore {
  static let forms = "sqlite:<directory>, postgres:<connection string> or dynamodb:<table>"

  static func open(_ location: String?, in directory: DataDirectory) async throws(Refusal) -> any Store {
    do throws(StoreError) {
      switch try place(location, in: directory) {
      case .memory: throw .invalid("a store in memory cannot be shared by processes: write \(forms)")
      case .sqlite(let path): return try SQLiteStore.open(directory: path)
      case .postgres(let conninfo): return try PostgresStore.open(conninfo)
      case .dynamodb(let table, let region, let endpoint): return try await dynamoDB(table, region, endpoint)
      }
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }

  /// What was asked for is not repeated: it may hold a password.
  private static func place(_ location: String?, in directory: DataDirectory) throws(StoreError) -> StoreLocation {
    guard let location else { return .sqlite(directory: directory.store) }
    guard let place = StoreLocation(location) else { throw .invalid("what --store says is no store: write \(forms)") }
    return place
  }

  private static func dynamoDB(_ table: String, _ region: String?, _ endpoint: String?) async throws(StoreError) -> any Store {
    let configuration: AWSConfiguration
    do { configuration = try AWSConfiguration(region: region, endpoint: endpoint) } catch { throw .invalid("\(error)") }
    return try await DynamoDBStore.open(table: table, configuration)
  }
}
