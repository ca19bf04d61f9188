// A directory of a test's own, gone with it.
import Foundation
import GRDB
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

extension DatabaseQueue {
  /// Another program's look at a store's file. It waits: the last of the store's connections may still be folding its log.
  static func patient(_ path: String) throws -> DatabaseQueue {
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(30)
    return try DatabaseQueue(path: path, configuration: configuration)
  }
}
