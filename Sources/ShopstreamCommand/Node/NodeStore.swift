// Opens the store that a node was told to use.

import Troupe
import TroupeAWS
import TroupeDynamoDB
import TroupeSQLite

enum NodeStore {
  static func open(_ location: String?, in directory: DataDirectory) async throws(Refusal) -> any Store {
    let place: StoreLocation
    if let location {
      guard let parsed = StoreLocation(location) else {
        throw Refusal("'\(location)' is no store: write sqlite:<directory> or dynamodb:<table>.")
      }
      place = parsed
    } else {
      place = .sqlite(directory: directory.store)
    }
    switch place {
    case .memory:
      throw Refusal("A store in memory cannot be shared by processes: write sqlite:<directory>.")
    case .dynamodb(let table, let region, let endpoint):
      return try await dynamoDB(table, region, endpoint)
    case .sqlite(let path):
      do {
        return try SQLiteStore.open(directory: path)
      } catch {
        throw Refusal("\(error)".sentence)
      }
    }
  }

  private static func dynamoDB(_ table: String, _ region: String?, _ endpoint: String?) async throws(Refusal) -> any Store {
    let configuration: AWSConfiguration
    do {
      configuration = try AWSConfiguration(region: region, endpoint: endpoint)
    } catch {
      throw Refusal("\(error)".sentence)
    }
    do {
      return try await DynamoDBStore.open(table: table, configuration)
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }
}
