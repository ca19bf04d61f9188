// A directory of a test's own, gone with it.
import Foundation
import TroupeJournal
import TroupeSQLite

final class ScratchDirectory: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appending(path: "troupe-\(UUID().uuidString)").path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension SQLiteStore {
  /// A store that waits for as long as a busy machine's disk may stall: what is tested is not the disk.
  static func patient(_ directory: String) throws(StoreError) -> SQLiteStore {
    try open(directory: directory, limit: .seconds(30))
  }
}
