// A directory of a test's own, gone with it.
import Foundation

final class ScratchDirectory: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appending(path: "troupe-\(UUID().uuidString)").path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
