// Whether to act on loads now: a small state machine that looks every ten seconds, is slow to begin, and does one round at a time. Pure.

/// The balancer of one node. Every node has one, and one at a time is asked: see `MembershipMachine.balances`.
public struct Balancer: Sendable {
  /// What follows from one look.
  public enum Decision: Hashable, Sendable {
    /// Nothing; perhaps with something to tell.
    case wait(String?)
    /// Shards are to change places.
    case wish([ShardID: NodeID], String)
    /// The round is over: the wishes are to be taken out.
    case clear(String)
  }

  public let policy: BalancePolicy
  /// Looks in a row that found this node too dear.
  private(set) var hotWindows = 0
  private var hotNode: NodeID?
  /// It has begun, and goes on until the load is even enough.
  private(set) var isActing = false
  private var restUntil: [ShardID: Moment] = [:]
  /// When the round that runs was first seen.
  private var roundSince: Moment?
  private var settledAt = Moment.distantPast
  /// What was last told, so that it is told once.
  private var told: String?

  public init(_ policy: BalancePolicy) { self.policy = policy }

  /// Another node balances. What this one has seen of loads is old when its turn comes.
  public mutating func pause() { (hotWindows, isActing, roundSince, told) = (0, false, nil, nil) }

  /// - Parameter costs: what every shard costs; nil when not everybody told.
  public mutating func look(at view: View, costs: [ShardID: CoreUse]?, now: Moment) -> Decision {
    restUntil = restUntil.filter { $0.value > now }
    guard view.wishes.isEmpty else { return follow(view, now) }
    if roundSince != nil {
      roundSince = nil
      settledAt = now + policy.settling
    }
    guard now >= settledAt else { return .wait(nil) }
    guard let costs else {
      hotWindows = 0
      return .wait(nil)
    }
    let plan = BalancePlan(view, costs: costs, resting: Set(restUntil.keys), policy: policy)
    if case .moving = plan.end {
      // Shards that have just come have had a part of a window: what they seem to cost says nothing.
      (hotWindows, isActing, settledAt) = (0, false, now + policy.settling)
      return .wait(nil)
    }
    return weigh(plan)
  }

  // MARK: Between rounds

  private mutating func weigh(_ plan: BalancePlan) -> Decision {
    guard let standing = plan.before, standing.cost >= policy.worth, standing.ratio > (isActing ? policy.enough : policy.tooMuch) else {
      let wasActing = isActing
      (hotWindows, isActing, told) = (0, false, nil)
      return .wait(wasActing ? plan.before.map { "the load is even enough: \($0.node) has the most to do, \($0.words)" } : nil)
    }
    if standing.node != hotNode { (hotWindows, hotNode) = (0, standing.node) }
    hotWindows += 1
    guard isActing || hotWindows >= policy.windows else { return .wait(nil) }
    isActing = true
    guard !plan.swaps.isEmpty else {
      // Or the first window by whose chance something seems to help would begin a round.
      (hotWindows, isActing) = (0, false)
      return tellOnce("nothing moves: \(plan.end)")
    }
    told = nil
    return .wish(plan.wishes, plan.sentence)
  }

  private mutating func tellOnce(_ sentence: String) -> Decision {
    defer { told = sentence }
    return .wait(told == nil ? sentence : nil)
  }

  // MARK: A round

  /// Whoever made the wishes: this node, one that balanced before it, or an operator.
  private mutating func follow(_ view: View, _ now: Moment) -> Decision {
    let since = roundSince ?? now
    roundSince = since
    for shard in view.wishes.keys { restUntil[shard] = now + policy.rest }
    let wishes = view.wishes.sorted { $0.key < $1.key }
    if let lost = wishes.first(where: { view.member($0.value)?.state != .active }) {
      return .clear("the round ends: \(lost.value) is no active member any more")
    }
    // What an operator has pinned meanwhile stays where he wants it.
    let open = wishes.filter { view.pins[$0.key] == nil && !view.owns($0.value, $0.key) }
    if open.isEmpty { return .clear("the round ends: its shards are where they should be") }
    guard now - since < policy.patience else {
      return .clear("the round ends: shard \(open[0].key) has not come to \(open[0].value) within \(policy.patience)")
    }
    return .wait(nil)
  }
}

extension BalancePlan {
  /// What changes places and why, for the log.
  public var sentence: String {
    let exchanges = swaps.map { "\($0.hot) (\($0.hotCost)) of \($0.from) with \($0.cold) (\($0.coldCost)) of \($0.to)" }
    let (first, last) = (before?.words ?? "nothing", after.map { "\($0.node) has the most, \($0.words)" } ?? "nothing")
    return "\(before?.node.value ?? "nobody") has \(first): shards change places, \(exchanges.joined(separator: ", ")); then \(last)"
  }
}
