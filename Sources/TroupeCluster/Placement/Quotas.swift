// How many shards each member should own.

enum Quotas {
  /// Shares by weight that add up to `shards`, each rounded up or down. A member with more pins than its share keeps its pins, and
  /// the others share the rest.
  ///
  /// Who is rounded up depends on who already owns most beyond its rounded-down share: otherwise an even cluster would move
  /// shards for the sake of the rounding alone.
  static func exact(shards: Int, weights: [Int], pinned: [Int], loads: [Int]) -> [Int] {
    var quotas = pinned
    var rest = shards
    var sharing = weights.indices.filter { weights[$0] > 0 }
    for index in weights.indices where weights[index] == 0 { rest -= pinned[index] }
    while true {
      let total = sharing.reduce(0) { $0 + weights[$1] }
      let full = sharing.filter { pinned[$0] * total > rest * weights[$0] }
      guard !full.isEmpty else { break }
      rest -= full.reduce(0) { $0 + pinned[$1] }
      sharing.removeAll { full.contains($0) }
    }
    share(rest, among: sharing, weights, loads, into: &quotas)
    return quotas
  }

  private static func share(_ rest: Int, among sharing: [Int], _ weights: [Int], _ loads: [Int], into quotas: inout [Int]) {
    let total = sharing.reduce(0) { $0 + weights[$1] }
    guard total > 0 else { return }
    for index in sharing { quotas[index] = rest * weights[index] / total }
    let left = rest - sharing.reduce(0) { $0 + quotas[$1] }
    let neediest = sharing.sorted { first, second in
      let (one, other) = (loads[first] - quotas[first], loads[second] - quotas[second])
      return one == other ? first < second : one > other
    }
    for index in neediest.prefix(left) { quotas[index] += 1 }
  }
}
