// Shards as lines of text. Pure.

import Troupe

enum ShardsTable {
  static func byNode(_ shards: [ShardPlace], _ load: ClusterLoad? = nil) -> [String] {
    let names = Set(shards.flatMap { [$0.owner, $0.desired].compactMap { $0 } }).sorted()
    let rows = names.map { name in
      [
        name, shards.count { $0.owner == name }.grouped, shards.count { $0.pin == name }.grouped,
        shards.count { $0.owner == name && $0.moves }.grouped, shards.count { $0.desired == name && $0.owner != name }.grouped,
      ] + (load == nil ? [] : cost(load?.nodes.first { $0.node == name }) { ($0.callsPerSecond, $0.cores) })
    }
    let unowned = shards.count { $0.owner == nil }
    return StatusTable.aligned(
      [["NODE", "SHARDS", "PINNED", "TO GIVE", "TO COME"] + (load == nil ? [] : costColumns)] + rows, right: [1, 2, 3, 4, 5, 6])
      + (unowned == 0 ? [] : ["\(unowned.grouped) without an owner"]) + wishes(shards)
  }

  static func all(_ shards: [ShardPlace], _ load: ClusterLoad? = nil) -> [String] {
    let costs = load?.nodes.flatMap { node in node.shards.map { (node, $0) } } ?? []
    let byShard = Dictionary(costs.map { ("\($0.node) \($1.shard)", (node: $0, cost: $1)) }) { first, _ in first }
    let rows = shards.map { place in
      ["\(place.shard)", place.owner ?? "-", place.moves ? place.desired ?? "-" : "", place.pin ?? ""]
        + (load == nil
          ? []
          : cost(byShard["\(place.owner ?? "") \(place.shard)"]) {
            ($0.node.perSecond($0.cost.calls), $0.node.cores($0.cost.microseconds))
          })
    }
    return StatusTable.aligned([["SHARD", "OWNER", "GOES TO", "PINNED TO"] + (load == nil ? [] : costColumns)] + rows, right: [0, 4, 5])
  }

  /// A round of the balancer that is under way.
  private static func wishes(_ shards: [ShardPlace]) -> [String] {
    let wished = shards.compactMap { place in place.wish.map { "\(place.shard) to \($0)" } }
    return wished.isEmpty ? [] : ["To balance the load: \(wished.joined(separator: ", "))"]
  }

  private static let costColumns = ["CALLS/S", "CORES"]

  /// Of a node that did not answer, and of a shard that nobody has, nothing is known.
  private static func cost<Part>(_ part: Part?, _ figures: (Part) -> (calls: Double, cores: Double)) -> [String] {
    guard let part else { return ["-", "-"] }
    let (calls, cores) = figures(part)
    return [Int(calls.rounded()).grouped, HotTable.percent(cores)]
  }

  /// What moves, as one sentence: from whom to whom, the most first.
  static func moves(_ shards: [ShardPlace]) -> String {
    let moving = shards.filter(\.moves)
    guard !moving.isEmpty else { return "nothing moves" }
    let ways = Dictionary(grouping: moving) { "\($0.owner ?? "-") to \($0.desired ?? "-")" }.mapValues(\.count)
    let told = ways.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value.grouped) from \($0.key)" }
    return "\(moving.count.grouped) of \(shards.count.grouped) shards move: \(told.joined(separator: ", "))"
  }
}
