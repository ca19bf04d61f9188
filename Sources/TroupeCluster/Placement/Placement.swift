// Who should own each shard. The algorithm "hash-1": exact shares by weight, and highest-random-weight hashing (Thaler and
// Ravishankar, 1998) to choose which shards move and where to, so that all members compute the same answer from one view.

/// The desired owners of a view: a pure function of members, weights, pins, the balancer's wishes, a trial and the current owners.
///
/// A shard stays where it is unless its owner is leaving, is above its share, or the shard is pinned elsewhere or belongs to another version. So as few shards
/// move as exact shares allow, and owners that each give away a few at a time, in any order, come to rest in the same place.
public enum Placement {
  /// By shard, an index into `view.members`; `View.nobody` only when there is no member at all.
  public static func desiredOwners(of view: View) -> [UInt16] {
    guard !view.members.isEmpty else { return view.owners }
    var plan = PlacementPlan(view)
    for side in plan.sides { plan.assignOpenShards(of: side) }
    return plan.desired
  }

  /// The shards of a member that should be elsewhere, with their desired owners.
  public static func misplaced(of id: NodeID, in view: View) -> [(shard: ShardID, target: NodeID)] {
    guard let index = view.index(of: id).map(UInt16.init) else { return [] }
    let desired = desiredOwners(of: view)
    return view.owners.indices.compactMap { shard in
      guard view.owners[shard] == index, desired[shard] != index else { return nil }
      return (ShardID(shard), view.members[Int(desired[shard])].id)
    }
  }
}

/// One computation of the desired owners.
struct PlacementPlan {
  /// Shards and the members that share them: all and all, or the two sides of a trial.
  struct Side {
    let ofShards: [Bool]?
    let ofMembers: [Bool]?
    /// What stands in both for this side.
    let value: Bool

    func has(shard: Int) -> Bool { ofShards.map { $0[shard] == value } ?? true }
    func has(member: Int) -> Bool { ofMembers.map { $0[member] == value } ?? true }
  }

  let sides: [Side]
  private(set) var desired: [UInt16]
  private let isPinned: [Bool]
  private let quotas: [Int]
  private var loads: [Int]
  private let hashes: [UInt64]

  init(_ view: View) {
    let isEligible = Self.eligible(view.members)
    let sides = Self.sides(view)
    var desired = view.owners.enumerated().map { shard, owner in
      let stays = owner != View.nobody && isEligible[Int(owner)] && sides.contains { $0.has(shard: shard) && $0.has(member: Int(owner)) }
      return stays ? owner : View.nobody
    }
    var isPinned = Array(repeating: false, count: desired.count)
    var pinned = Array(repeating: 0, count: view.members.count)
    for (shard, id) in view.wanted {
      guard let index = view.index(of: id), isEligible[index] else { continue }
      // A pin is an operator's word, whatever the version. A wish gives way: it was made before the sides were these.
      let isWithinSide = sides.contains { $0.has(shard: shard.index) && $0.has(member: index) }
      guard view.pins[shard] != nil || isWithinSide else { continue }
      desired[shard.index] = UInt16(index)
      isPinned[shard.index] = true
      pinned[index] += 1
    }
    loads = Array(repeating: 0, count: view.members.count)
    for owner in desired where owner != View.nobody { loads[Int(owner)] += 1 }
    let weights = Self.weights(view.members, isEligible)
    var quotas = pinned
    for side in sides {
      func only(_ numbers: [Int]) -> [Int] { numbers.enumerated().map { side.has(member: $0) ? $1 : 0 } }
      let open = desired.indices.count { !isPinned[$0] && side.has(shard: $0) }
      let own = only(pinned)
      let exact = Quotas.exact(shards: open + own.reduce(0, +), weights: only(weights), pinned: own, loads: loads)
      for member in quotas.indices where side.has(member: member) { quotas[member] = exact[member] }
    }
    self.quotas = quotas
    self.sides = sides
    hashes = view.members.map { Score.hash(of: $0.id) }
    self.desired = desired
    self.isPinned = isPinned
  }

  /// Members that may own more than they do: the active ones, or all while everybody is draining.
  private static func eligible(_ members: [Member]) -> [Bool] {
    let active = members.map { $0.state == .active }
    return active.contains(true) ? active : members.map { _ in true }
  }

  private static func sides(_ view: View) -> [Side] {
    guard let trial = view.dividingTrial, let shards = view.shardsOnTrial else { return [Side(ofShards: nil, ofMembers: nil, value: true)] }
    let members = view.members.map { $0.version == trial.version }
    return [true, false].map { Side(ofShards: shards, ofMembers: members, value: $0) }
  }

  /// Zero for who may own nothing. When all weigh nothing they weigh the same.
  private static func weights(_ members: [Member], _ isEligible: [Bool]) -> [Int] {
    let weights = zip(members, isEligible).map { $1 ? $0.weight : 0 }
    return weights.contains { $0 > 0 } ? weights : isEligible.map { $0 ? 1 : 0 }
  }

  // MARK: Open shards

  private struct Candidate {
    let shard: Int
    let best: UInt64
    let hasOwner: Bool
  }

  /// Places what nobody owns, and takes from those above their share, where some member has room.
  mutating func assignOpenShards(of side: Side) {
    let roomy = loads.indices.filter { side.has(member: $0) && loads[$0] < quotas[$0] }
    guard !roomy.isEmpty else { return }
    for candidate in candidates(for: roomy, of: side) {
      let owner = desired[candidate.shard]
      if owner != View.nobody, loads[Int(owner)] <= quotas[Int(owner)] { continue }
      guard let target = best(for: candidate.shard, among: roomy) else { return }
      if owner != View.nobody { loads[Int(owner)] -= 1 }
      loads[target] += 1
      desired[candidate.shard] = UInt16(target)
    }
  }

  /// Shards without owner first, then those that hash closest to somebody with room.
  private func candidates(for roomy: [Int], of side: Side) -> [Candidate] {
    var candidates: [Candidate] = []
    for (shard, owner) in desired.enumerated() where !isPinned[shard] && side.has(shard: shard) {
      if owner != View.nobody, loads[Int(owner)] <= quotas[Int(owner)] { continue }
      let best = roomy.map { Score.of(shard: shard, member: hashes[$0]) }.max() ?? 0
      candidates.append(Candidate(shard: shard, best: best, hasOwner: owner != View.nobody))
    }
    return candidates.sorted { left, right in
      if left.hasOwner != right.hasOwner { return right.hasOwner }
      return left.best == right.best ? left.shard < right.shard : left.best > right.best
    }
  }

  private func best(for shard: Int, among roomy: [Int]) -> Int? {
    var winner: (member: Int, score: UInt64)?
    for member in roomy where loads[member] < quotas[member] {
      let score = Score.of(shard: shard, member: hashes[member])
      if winner.map({ score > $0.score }) ?? true { winner = (member, score) }
    }
    return winner?.member
  }
}
