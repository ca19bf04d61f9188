// The cluster as the terminal and `--json` show it: counted and named, without the thousand owners.

struct ClusterSummary: Encodable, Hashable, Sendable {
  struct Node: Encodable, Hashable, Sendable {
    var id: String
    var address: String
    /// "active", "draining" or "silent".
    var state: String
    var version: String
    var shards: Int
    var entities: Int
    /// Since it started.
    var calls: UInt64
    /// Recorded durable commands, since it started.
    var durable: UInt64
    var uptimeSeconds: Int
    /// Whether it holds the lease without which it answers nothing.
    var leaseValid: Bool
  }

  var cluster: String
  var epoch: UInt64
  var shards: Int
  /// Shards that no node owns.
  var unowned: Int
  var nodes: [Node]

  /// Every node serves and every shard has an owner.
  var isWell: Bool {
    unowned == 0 && !nodes.isEmpty && nodes.allSatisfy { $0.leaseValid && $0.state != "silent" }
  }
}
