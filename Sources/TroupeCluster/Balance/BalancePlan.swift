// Which shards change places so that no node has much more to do than the others. Pure: a view and what its shards cost go in, a few exchanges
// come out. An exchange leaves the numbers of shards as they are, so that placement, which counts them, keeps what it did.

/// A few exchanges of shards, and what they would do.
public struct BalancePlan: Hashable, Sendable {
  /// A dear shard goes to a node that has less to do, and a cheaper one comes back.
  public struct Swap: Hashable, Sendable {
    public let hot: ShardID
    public let cold: ShardID
    public let hotCost: CoreUse
    public let coldCost: CoreUse
    public let from: NodeID
    public let to: NodeID
  }

  /// A node that takes part: one that is active, and whose share is not nothing.
  public struct Share: Hashable, Sendable {
    public let node: NodeID
    public let weight: Int
    public let before: CoreUse
    public internal(set) var after: CoreUse
  }

  public let swaps: [Swap]
  /// In the order of the members.
  public let shares: [Share]
  /// Why there are no more exchanges.
  public let end: End

  /// - Parameters:
  ///   - costs: of shards that are not in it nothing is known: they cost nothing.
  ///   - resting: shards that may not move.
  public init(_ view: View, costs: [ShardID: CoreUse], resting: Set<ShardID> = [], policy: BalancePolicy = BalancePolicy()) {
    var search = BalanceSearch(view, costs: costs, resting: resting, policy: policy)
    end = search.obstacle(in: view) ?? search.run()
    swaps = search.swaps
    shares = search.shares
  }

  /// Where the shards are to go.
  public var wishes: [ShardID: NodeID] {
    var wishes: [ShardID: NodeID] = [:]
    for swap in swaps { (wishes[swap.hot], wishes[swap.cold]) = (swap.to, swap.from) }
    return wishes
  }

  public var before: BalanceStanding? { BalanceStanding(shares.map { ($0.node, $0.weight, $0.before) }) }
  public var after: BalanceStanding? { BalanceStanding(shares.map { ($0.node, $0.weight, $0.after) }) }
}

extension BalancePlan {
  /// Why a plan has no more exchanges; a sentence without a full stop.
  public enum End: Hashable, Sendable {
    case alone
    /// Nodes of two versions do not share their shards, and have unlike numbers of them.
    case trial(String)
    case idle
    /// So many shards are on their way for other reasons, or for the last round.
    case moving(Int)
    case littleToDo(BalanceStanding, worth: CoreUse)
    case even(BalanceStanding, enough: Double)
    /// No exchange helps; the dearest shard that the dearest node may give.
    case stuck(BalanceStanding, hottest: ShardID?, cost: CoreUse)
    case enoughForARound
  }
}

extension BalancePlan.End: CustomStringConvertible {
  public var description: String {
    switch self {
    case .alone: "there are no two active nodes to share the load"
    case .trial(let version): "version \(version) is on trial, and while it is nodes of two versions are not compared"
    case .idle: "no node has anything to do"
    case .moving(let count): "\(count) shard\(count == 1 ? " is" : "s are") on the way: loads are compared when all are there"
    case .littleToDo(let standing, let worth): "\(standing.node) has the most to do, \(standing.cost), and below \(worth) nothing is moved"
    case .even(let standing, let enough):
      "\(standing.node) has the most to do for its weight, \(standing.words), and up to \(CoreUse.decimal(enough, digits: 2)) is even"
    case .stuck(let standing, let hottest, let cost):
      "\(standing.node) has the most to do, \(standing.words), and no exchange betters that"
        + (hottest.map { ": of the shards that may move its dearest is \($0), with \(cost)" } ?? ": none of its shards may move")
    case .enoughForARound: "that is enough for one round"
    }
  }
}

/// The node with the most to do for its weight, and how much that is.
public struct BalanceStanding: Hashable, Sendable {
  public let node: NodeID
  public let cost: CoreUse
  /// Its cost for its weight, in times of what all have for theirs.
  public let ratio: Double

  /// Nil when there is nothing to compare, or nothing to do.
  init?(_ shares: [(node: NodeID, weight: Int, cost: CoreUse)]) {
    let (cost, weight) = shares.reduce((0, 0)) { ($0.0 + $1.cost.millionths, $0.1 + $1.weight) }
    guard shares.count > 1, cost > 0, weight > 0 else { return nil }
    var dearest = shares[0]
    // Multiplied instead of divided: exact.
    for share in shares where share.cost.millionths * dearest.weight > dearest.cost.millionths * share.weight { dearest = share }
    node = dearest.node
    self.cost = dearest.cost
    ratio = Double(dearest.cost.millionths) / Double(dearest.weight) / (Double(cost) / Double(weight))
  }

  /// "0.90 cores, 1.80 times the mean".
  public var words: String { "\(cost), \(CoreUse.decimal(ratio, digits: 2)) times the mean" }
}
