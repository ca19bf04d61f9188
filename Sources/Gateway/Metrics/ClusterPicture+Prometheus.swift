// The cluster's own figures, as the gateway saw them last.

extension ClusterPicture {
  func write(to page: inout PrometheusText) {
    page.family("cluster_reachable", "gauge", "1 when the last question to the cluster was answered.", [([], isReachable ? 1 : 0)])
    guard epoch > 0 || !nodes.isEmpty else { return }
    page.family("cluster_epoch", "gauge", "The epoch of the view.", [([], Double(epoch))])
    page.family("cluster_shards", "gauge", "Shards of the cluster.", [([], Double(shardCount))])
    page.family("cluster_shards_unowned", "gauge", "Shards without an owner.", [([], Double(unownedShards))])

    func family(_ name: String, _ type: String, _ help: String, _ value: (Node) -> Double) {
      page.family(name, type, help, nodes.map { ([("node", $0.id), ("zone", $0.zone)], value($0)) })
    }
    family("cluster_node_lease_valid", "gauge", "1 while the node may serve.") { $0.isServing ? 1 : 0 }
    family("cluster_node_shards", "gauge", "Shards that the node owns.") { Double($0.shards) }
    family("cluster_node_entities", "gauge", "Entities in the node's memory.") { Double($0.entities) }
    family("cluster_node_calls_total", "counter", "Calls that the node has run.") { Double($0.calls) }
    family("cluster_node_durable_turns_total", "counter", "Turns that the node has made durable.") { Double($0.durable) }
    family("cluster_node_reminders_total", "counter", "Reminders whose command took effect.") { Double($0.reminders) }
    family("cluster_node_reminders_failed_total", "counter", "Tries of reminders that failed and will be repeated.") {
      Double($0.remindersFailed)
    }
    family("cluster_node_uptime_seconds", "gauge", "Since the node started.") { Double($0.uptime) }
  }
}
