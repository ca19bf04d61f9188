// The driver of the balancer: on the node that is first of those that beat, it asks all for their loads now and then, and hands what they tell
// to the pure `Balancer`. What that decides becomes a setting in the register, like an operator's; the owners then do the rest.
import TroupeCluster

extension Membership {
  /// How long a node may take to tell its load; one that takes longer is not moved for.
  private static var loadLimit: Duration { .seconds(2) }
  /// Between two looks at a round that is under way.
  private static var roundPace: Duration { .seconds(1) }

  func planBalance() {
    balanceTimer?.cancel()
    balanceTimer = nil
    guard stopped == nil else { return }
    let isRound = machine.view?.wishes.isEmpty == false
    balanceTimer = loop.schedule(after: isRound ? Self.roundPace : balancer.policy.every) { [weak self] in self?.lookAtLoads() }
  }

  private func lookAtLoads() {
    guard stopped == nil else { return }
    guard machine.balances(at: now), let view = machine.view else {
      balancer.pause()
      return planBalance()
    }
    // A round is followed by the view alone.
    guard view.wishes.isEmpty else { return balance(nil) }
    guard beginsRounds else { return planBalance() }
    let (bound, cluster) = (LoopBound(self, on: loop), stage.cluster!)
    stage.spawn {
      let loads = try? await cluster.askAll(.balance, within: Self.loadLimit, as: NodeLoad.self)
      bound.value.balance(loads?.answers.map(\.answer))
    }
  }

  private func balance(_ loads: [NodeLoad]?) {
    guard stopped == nil else { return }
    if machine.balances(at: now), let view = machine.view {
      let costs = loads.flatMap { CoreUse.ofShards(in: view, $0, balancer.policy) }
      switch balancer.look(at: view, costs: costs, now: now) {
      case .wait(let words?): log(.info, "balance: \(words)")
      case .wish(let wishes, let words): wish(wishes, words)
      case .clear(let words): wish([:], words)
      case .wait(nil): break
      }
    }
    planBalance()
  }

  private func wish(_ wishes: [ShardID: NodeID], _ words: String) {
    log(.info, "balance: \(words)")
    nextTicket += 1
    settings[nextTicket] = { [weak self] outcome in
      if outcome != .done { self?.log(.warning, "balance: the register did not take this: \(outcome)") }
      // A round is looked at sooner.
      self?.planBalance()
    }
    take(.settingRequested(ticket: nextTicket, .balance(wishes)))
  }
}

extension CoreUse {
  /// What each shard costs, by those that own them. Nil when an active member did not tell, or does not know the question: then it does not know
  /// wishes either, and would place shards otherwise than the others.
  static func ofShards(in view: View, _ loads: [NodeLoad], _ policy: BalancePolicy) -> [ShardID: CoreUse]? {
    guard missing(in: view, loads).isEmpty else { return nil }
    var costs: [ShardID: CoreUse] = [:]
    for load in loads {
      for cost in load.shards where (0..<view.shardCount).contains(cost.shard) {
        let shard = ShardID(cost.shard)
        guard view.owner(of: shard)?.id.value == load.node else { continue }
        // What a window can hold at most keeps a figure from outside far from overflow.
        let microseconds = min(cost.microseconds, 1 << 40) + min(cost.calls, 1 << 32) * UInt64(policy.microsecondsACall)
        costs[shard] = CoreUse(millionths: Int(min(microseconds * 1_000 / max(1, load.milliseconds), 1 << 30)))
      }
    }
    return costs
  }

  /// Active members of whose load nothing is known.
  static func missing(in view: View, _ loads: [NodeLoad]) -> [NodeID] {
    let told = Set(loads.map(\.node))
    return view.members.filter { $0.state == .active && !told.contains($0.id.value) }.map(\.id)
  }
}
