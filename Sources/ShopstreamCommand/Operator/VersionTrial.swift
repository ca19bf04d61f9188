// A version on trial, in words. Pure.

import Troupe

enum VersionTrial {
  static func line(_ share: VersionShare) -> String {
    let what = "\(share.percent) % of the shards (\(share.shards.grouped)) belong to version \(share.version)"
    return share.isInForce
      ? "\(what), the others to other versions" : "\(what), once there are nodes of it and of others that may own shards"
  }

  /// What is to be known behind an order that changes nothing yet.
  static func missing(_ version: String, among versions: Set<String>) -> String? {
    if !versions.contains(version) {
      return
        "No node that may own shards runs \(version) yet: they run \(versions.sorted().joined(separator: ", ")). The first one that does gets its share."
    }
    return versions.count == 1 ? "All nodes run \(version): until there are others they own all shards." : nil
  }
}
