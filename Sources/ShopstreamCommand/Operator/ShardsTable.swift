// Shards as lines of text. Pure.

import Troupe

enum ShardsTable {
  static func byNode(_ shards: [ShardPlace]) -> [String] {
    let names = Set(shards.flatMap { [$0.owner, $0.desired].compactMap { $0 } }).sorted()
    let rows = names.map { name in
      [
        name, shards.count { $0.owner == name }.grouped, shards.count { $0.pin == name }.grouped,
        shards.count { $0.owner == name && $0.moves }.grouped, shards.count { $0.desired == name && $0.owner != name }.grouped,
      ]
    }
    let unowned = shards.count { $0.owner == nil }
    return StatusTable.aligned([["NODE", "SHARDS", "PINNED", "TO GIVE", "TO COME"]] + rows, right: [1, 2, 3, 4])
      + (unowned == 0 ? [] : ["\(unowned.grouped) without an owner"])
  }

  static func all(_ shards: [ShardPlace]) -> [String] {
    let rows = shards.map { place in
      ["\(place.shard)", place.owner ?? "-", place.moves ? place.desired ?? "-" : "", place.pin ?? ""]
    }
    return StatusTable.aligned([["SHARD", "OWNER", "GOES TO", "PINNED TO"]] + rows, right: [0])
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
