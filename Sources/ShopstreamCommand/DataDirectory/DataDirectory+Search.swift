// How `status`, `call` and their like find the cluster: by name, or upward from where the user stands, as git does.

import Foundation

extension DataDirectory {
  /// The named directory, or the nearest `.shopstream` with a cluster file at or above `start`.
  static func find(named name: String?, from start: String = FileManager.default.currentDirectoryPath) throws(Refusal) -> DataDirectory {
    if let name {
      let directory = DataDirectory(name)
      guard FileManager.default.fileExists(atPath: directory.clusterFile) else {
        throw Refusal("There is no cluster in \(directory.path): start one with 'shopstream up --data \(name)'.")
      }
      return directory
    }
    var place = URL(filePath: start).standardizedFileURL
    while true {
      let directory = DataDirectory(place.appending(path: defaultName).path(percentEncoded: false))
      if FileManager.default.fileExists(atPath: directory.clusterFile) { return directory }
      let parent = place.deletingLastPathComponent().standardizedFileURL
      guard parent.path != place.path, place.path != "/" else {
        throw Refusal("There is no cluster here or in a folder above: start one with 'shopstream up', or name its directory with --data.")
      }
      place = parent
    }
  }
}
