// Whether one shard can be moved to a node, said before anything is ordered. Pure.

import Troupe

struct ShardMove: Hashable, Sendable {
  let shard: Int
  let node: String

  enum Verdict: Hashable {
    case possible(from: String?)
    /// Nothing is to be done.
    case there
    case refused(String)
  }

  func verdict(_ places: [ShardPlace], _ ring: RingStatus, _ share: VersionShare? = nil) -> Verdict {
    guard let target = ring.nodes.first(where: { $0.id == node }) else {
      return .refused("There is no node '\(node)' in the cluster: it has \(ring.nodes.map(\.id).joined(separator: ", ")).")
    }
    guard places.indices.contains(shard) else {
      return .refused("The cluster has no shard \(shard): it has 0 to \((places.count - 1).grouped).")
    }
    let place = places[shard]
    if place.owner == node, !place.moves { return .there }
    if target.state == "draining" {
      return .refused("\(node) gives its shards away and takes none: 'shopstream activate \(node)' takes that back.")
    }
    if let pin = place.pin {
      return .refused(
        "Shard \(shard) is pinned to \(pin)"
          + (pin == node ? " already, and not there yet." : ": 'shopstream unpin \(shard)' takes that out.")
          + " Another 'move' of it may be under way.")
    }
    if let wish = place.wish {
      return .refused("The balancer is bringing shard \(shard) to \(wish): try again when it is there.")
    }
    guard target.weight > 0 else {
      return .refused("\(node) weighs 0 and would give the shard away again: 'shopstream pin \(shard) \(node)' keeps it there.")
    }
    if let isOnTrial = place.isOnTrial, let share, (target.version == share.version) != isOnTrial {
      return .refused(
        "Version \(share.version) is on trial, and shard \(shard) belongs to nodes that \(isOnTrial ? "run" : "do not run") it: \(node) would "
          + "give it away again. 'shopstream pin \(shard) \(node)' keeps it there.")
    }
    return .possible(from: place.owner)
  }

  /// What somebody else has done to the order since, by the newest places; nil when it stands.
  func overruled(_ places: [ShardPlace]) -> String? {
    guard places.indices.contains(shard), places[shard].pin != node else { return nil }
    let owner = places[shard].owner ?? "nobody"
    guard let pin = places[shard].pin else { return "somebody has taken the pin out meanwhile, and \(owner) has it" }
    return "somebody has pinned it to \(pin) meanwhile, and \(owner) has it"
  }
}
