// The search for exchanges: the dearest node and the cheapest few, and for each of its shards the one that would fit best in return.

struct BalanceSearch {
  /// Nodes with the least to do that are looked at as receivers: one of them fits, or none does.
  private static let receivers = 4

  private struct Shard: Hashable {
    let id: ShardID
    let cost: Int
  }

  private let policy: BalancePolicy
  private(set) var shares: [BalancePlan.Share]
  /// Those that may move, by node; the cheapest first.
  private var movable: [[Shard]]
  private(set) var swaps: [BalancePlan.Swap] = []

  init(_ view: View, costs: [ShardID: CoreUse], resting: Set<ShardID>, policy: BalancePolicy) {
    self.policy = policy
    shares = []
    movable = []
    for (index, member) in view.members.enumerated() where member.state == .active && member.weight > 0 {
      var (sum, open) = (CoreUse.zero, [Shard]())
      for (shard, owner) in view.owners.enumerated() where owner == UInt16(index) {
        let id = ShardID(shard)
        let cost = costs[id] ?? .zero
        sum += cost
        if view.pins[id] == nil, !resting.contains(id) { open.append(Shard(id: id, cost: cost.millionths)) }
      }
      shares.append(BalancePlan.Share(node: member.id, weight: member.weight, before: sum, after: sum))
      movable.append(open.sorted { ($0.cost, $0.id) < ($1.cost, $1.id) })
    }
  }

  /// Why there is nothing to search for.
  func obstacle(in view: View) -> BalancePlan.End? {
    guard shares.count > 1 else { return .alone }
    if let trial = view.dividingTrial { return .trial(trial.version) }
    let desired = Placement.desiredOwners(of: view)
    let moving = view.owners.indices.count { view.owners[$0] != desired[$0] }
    if moving > 0 || !view.wishes.isEmpty { return .moving(max(moving, view.wishes.count)) }
    return nil
  }

  mutating func run() -> BalancePlan.End {
    while true {
      guard let standing = BalanceStanding(shares.map { ($0.node, $0.weight, $0.after) }) else { return .idle }
      if standing.cost < policy.worth { return .littleToDo(standing, worth: policy.worth) }
      if standing.ratio <= policy.enough { return .even(standing, enough: policy.enough) }
      guard swaps.count < policy.swaps else { return .enoughForARound }
      let giver = shares.firstIndex { $0.node == standing.node }!
      guard let found = best(from: giver) else {
        let hottest = movable[giver].last
        return .stuck(standing, hottest: hottest?.id, cost: CoreUse(millionths: hottest?.cost ?? 0))
      }
      swap(giver, found)
    }
  }

  // MARK: One exchange

  private struct Found {
    let receiver: Int
    /// Places in the lists of those that may move.
    let hot: Int
    let cold: Int
    /// What the dearer of the two has then, for its weight.
    let peak: Double
  }

  private func relative(_ index: Int, _ change: Int = 0) -> Double {
    Double(shares[index].after.millionths + change) / Double(shares[index].weight)
  }

  private func best(from giver: Int) -> Found? {
    let others = shares.indices.filter { $0 != giver }.sorted { (relative($0), $0) < (relative($1), $1) }
    let limit = relative(giver) * (1 - policy.gain)
    var best: Found?
    for receiver in others.prefix(Self.receivers) {
      guard let found = self.best(from: giver, to: receiver), found.peak <= limit, found.peak < best?.peak ?? .infinity else { continue }
      best = found
    }
    return best
  }

  /// The more goes over, the less the giver has and the more the receiver: best is what makes them equal, or the nearest on either side of it.
  private func best(from giver: Int, to receiver: Int) -> Found? {
    let (given, kept) = (Double(shares[giver].weight), Double(shares[receiver].weight))
    let ideal = (relative(giver) - relative(receiver)) / (1 / given + 1 / kept)
    var best: Found?
    for (hot, shard) in movable[giver].enumerated() {
      let wanted = Double(shard.cost) - ideal
      let place = movable[receiver].partitioningIndex { Double($0.cost) >= wanted }
      for cold in [place - 1, place] where movable[receiver].indices.contains(cold) {
        let difference = shard.cost - movable[receiver][cold].cost
        guard difference > 0 else { continue }
        let peak = max(relative(giver, -difference), relative(receiver, difference))
        if peak < best?.peak ?? .infinity { best = Found(receiver: receiver, hot: hot, cold: cold, peak: peak) }
      }
    }
    return best
  }

  /// What has been exchanged does not move again in this round.
  private mutating func swap(_ giver: Int, _ found: Found) {
    let hot = movable[giver].remove(at: found.hot)
    let cold = movable[found.receiver].remove(at: found.cold)
    let difference = CoreUse(millionths: hot.cost - cold.cost)
    shares[giver].after = shares[giver].after - difference
    shares[found.receiver].after += difference
    swaps.append(
      BalancePlan.Swap(
        hot: hot.id, cold: cold.id, hotCost: CoreUse(millionths: hot.cost), coldCost: CoreUse(millionths: cold.cost),
        from: shares[giver].node, to: shares[found.receiver].node))
  }
}
