// Calls a second of each node, from two of its totals. Pure.

struct CallRates: Hashable, Sendable {
  /// By node; nil until there were two readings of the same life of it.
  private(set) var perSecond: [String: Double] = [:]
  private var last: [String: UInt64] = [:]
  private var lastTime: ContinuousClock.Instant?

  var total: Double { perSecond.values.reduce(0, +) }

  mutating func read(_ summary: ClusterSummary, at now: ContinuousClock.Instant) {
    let seconds = lastTime.map { (now - $0) / .seconds(1) }
    perSecond = [:]
    for node in summary.nodes {
      // A smaller total is a node that started again: its rate is known at the next reading.
      guard let seconds, seconds > 0, let before = last[node.id], node.calls >= before else { continue }
      perSecond[node.id] = Double(node.calls - before) / seconds
    }
    last = Dictionary(summary.nodes.map { ($0.id, $0.calls) }, uniquingKeysWith: { first, _ in first })
    lastTime = now
  }
}
