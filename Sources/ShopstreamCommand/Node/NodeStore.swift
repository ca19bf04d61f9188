// Opens the store that a node was told to use.

import Troupe
import TroupeSQLite

enum NodeStore {
  static func open(_ location: String?, in directory: DataDirectory) throws(Refusal) -> any Store {
    let place: StoreLocation
    if let location {
      guard let parsed = StoreLocation(location) else {
        throw Refusal("'\(location)' is no store: write sqlite:<directory>.")
      }
      place = parsed
    } else {
      place = .sqlite(directory: directory.store)
    }
    switch place {
    case .memory:
      throw Refusal("A store in memory cannot be shared by processes: write sqlite:<directory>.")
    case .sqlite(let path):
      do {
        return try SQLiteStore.open(directory: path)
      } catch {
        throw Refusal("\(error)".sentence)
      }
    }
  }
}
