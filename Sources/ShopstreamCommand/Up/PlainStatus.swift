// The status in one line, where there is no terminal to draw a table in. Pure.

enum PlainStatus {
  static func line(_ summary: ClusterSummary, rates: CallRates) -> String {
    let nodes = summary.nodes.map { node in
      "\(node.id) \(node.leaseValid ? node.state : node.state == "silent" ? "silent" : "no lease"), \(node.shards.grouped) shards"
    }
    let unowned = summary.unowned == 0 ? "" : "; \(summary.unowned.grouped) shards without an owner"
    return nodes.joined(separator: "; ") + unowned + "; \(Int(rates.total.rounded()).grouped) calls/s"
  }

  /// What must change to be worth a line: who is there and how the shards lie, not how busy they are.
  static func shape(of summary: ClusterSummary) -> String {
    summary.nodes.map { "\($0.id) \($0.state) \($0.leaseValid) \($0.shards)" }.joined(separator: ";") + ";\(summary.unowned)"
  }
}
