// What changes in the cluster, in sentences: one look held against the one before. Pure.

struct ClusterEvents {
  private var last: ClusterSummary?

  mutating func read(_ summary: ClusterSummary) -> [String] {
    defer { last = summary }
    guard let last else { return [] }
    var news: [String] = []
    let (old, new) = (Self.byID(last), Self.byID(summary))
    for node in last.nodes where new[node.id] == nil { news.append("\(node.id) has left the view") }
    for node in summary.nodes {
      guard let before = old[node.id] else {
        news.append("\(node.id) has joined")
        continue
      }
      if before.state != node.state { news.append("\(node.id) is \(node.state)") }
      if before.leaseValid, !node.leaseValid, node.state != "silent" { news.append("\(node.id) has no lease") }
      if before.shards > 0, node.shards == 0 { news.append("\(node.id) owns nothing any more") }
      if before.shards == 0, node.shards > 0 { news.append("\(node.id) owns shards") }
    }
    if last.unowned == 0, summary.unowned > 0 { news.append("\(summary.unowned) shards have no owner") }
    if last.unowned > 0, summary.unowned == 0 { news.append("every shard has an owner") }
    return news
  }

  private static func byID(_ summary: ClusterSummary) -> [String: ClusterSummary.Node] {
    Dictionary(summary.nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }
}
