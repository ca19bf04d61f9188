// What `up` tells the other commands: how the cluster is called and where it listens. Rewritten at each start; that it is
// there does not say that anybody still listens.

import Foundation

struct ClusterFile: Codable, Hashable, Sendable {
  struct Node: Codable, Hashable, Sendable {
    var id: String
    /// "host:port" of each event loop, the first for control.
    var addresses: [String]
  }

  /// Its name, which is also the trust domain of its certificates.
  var cluster: String
  var nodes: [Node]
  /// Base URLs.
  var gateway: String
  var admin: String
  /// The process id of the `up` that wrote this.
  var supervisor: Int32

  static func read(from directory: DataDirectory) throws(Refusal) -> ClusterFile {
    do {
      return try JSONDecoder().decode(ClusterFile.self, from: Data(contentsOf: URL(filePath: directory.clusterFile)))
    } catch {
      throw Refusal("\(directory.clusterFile) cannot be read: start the cluster again with 'shopstream up'.")
    }
  }

  func write(to directory: DataDirectory) throws(Refusal) {
    try PlainFile.write(JSONText.pretty(self) + "\n", to: directory.clusterFile)
  }
}
