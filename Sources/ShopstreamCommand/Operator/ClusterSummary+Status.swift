// From what the cluster says of itself to what the terminal shows.

import Troupe

extension ClusterSummary {
  init(_ status: ClusterStatus) {
    self.init(
      cluster: status.cluster, epoch: status.epoch, shards: status.shardCount,
      unowned: status.owners.count { Int($0) >= status.nodes.count }, nodes: status.nodes.map(Node.init))
  }
}

extension ClusterSummary.Node {
  init(_ status: NodeStatus) {
    self.init(
      id: status.id, address: status.address, state: status.state, version: status.version, shards: status.shards,
      entities: status.entities, calls: status.calls, durable: status.durable, uptimeSeconds: status.uptimeSeconds,
      leaseValid: status.leaseValid)
  }
}
