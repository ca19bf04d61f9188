// Opens the store that a node was told to use.

import Troupe
import TroupePostgres
import TroupeSQLite

enum NodeStore {
  static let forms = "sqlite:<directory> or postgres:<connection string>"

  static func open(_ location: String?, in directory: DataDirectory) throws(Refusal) -> any Store {
    do throws(StoreError) {
      switch try place(location, in: directory) {
      case .memory: throw .invalid("a store in memory cannot be shared by processes: write \(forms)")
      case .sqlite(let path): return try SQLiteStore.open(directory: path)
      case .postgres(let conninfo): return try PostgresStore.open(conninfo)
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
}
