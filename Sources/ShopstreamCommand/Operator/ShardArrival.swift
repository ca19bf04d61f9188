// Whether shards have arrived where they were sent, and what holds them if not. Pure.

import Troupe

enum ShardArrival {
  /// Why shards are not served yet at the nodes that they are to go to; nil when they are. A clause without a full stop.
  static func obstacle(_ targets: [Int: String], _ places: [ShardPlace], _ ring: RingStatus?) -> String? {
    for (shard, node) in targets.sorted(by: { $0.key < $1.key }) {
      guard places.indices.contains(shard) else { return "the cluster has no shard \(shard)" }
      if let why = obstacle(shard, node, places[shard], ring) { return why }
    }
    return nil
  }

  private static func obstacle(_ shard: Int, _ node: String, _ place: ShardPlace, _ ring: RingStatus?) -> String? {
    guard place.owner == node else {
      guard let owner = place.owner else { return "nobody has shard \(shard)" }
      guard place.desired == node else { return "\(owner) still has shard \(shard), and \(node) may not take it" }
      return "\(owner) still has shard \(shard)" + (leaving(shard, of: owner, ring).map { ": \($0)" } ?? "")
    }
    guard let ring else { return "the nodes do not tell whether shard \(shard) is served" }
    guard let report = ring.nodes.first(where: { $0.id == node })?.report else {
      return "\(node) does not tell whether it serves shard \(shard)"
    }
    guard report.epoch >= ring.epoch else { return "\(node) has not read yet that shard \(shard) is its own" }
    if let step = report.arriving.first(where: { $0.shards.contains { Int($0) == shard } })?.step {
      return "\(node) has shard \(shard) and does not serve it yet: \(words(step))"
    }
    // Of very many only the first are named.
    let isCut = report.arriving.contains { $0.count > $0.shards.count }
    return isCut ? "\(node) has so much to take over that it does not tell of shard \(shard)" : nil
  }

  private static func leaving(_ shard: Int, of owner: String, _ ring: RingStatus?) -> String? {
    let handoffs = ring?.nodes.first { $0.id == owner }?.report?.leaving ?? []
    switch handoffs.first(where: { $0.shards.contains { Int($0) == shard } })?.step {
    case "sealing": return "its running turns end"
    case "sealed", "giving": return "the register has not taken the change yet"
    default: return nil
    }
  }

  private static func words(_ step: String) -> String {
    switch step {
    case "waiting": "an earlier owner's lease may still run"
    case "taking": "its fence is being raised"
    case "fenced", "reading": "its log is being read"
    default: "it is \(step)"
    }
  }
}
