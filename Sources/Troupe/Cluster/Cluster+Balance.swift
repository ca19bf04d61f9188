// What the balancer would do now, for whoever does not want to wait for it: loads are asked for once, and the same plan is made of them.

extension AskTopic {
  /// A node that answers it, with its load, also knows the balancer's wishes in a view.
  static let balance = AskTopic(rawValue: 20)
}

extension Cluster {
  /// The exchanges of shards that would even out what nodes have to do, by the loads of their last whole ten seconds. Nothing is ordered: that is
  /// `set(.balance(…))` with the plan's wishes.
  ///
  /// - Throws: `CallError` when this process has not seen the cluster yet, or when an active node does not tell its load: it does not answer, or
  ///   its version does not know wishes.
  public func rebalancing(_ policy: BalancePolicy = BalancePolicy()) async throws -> BalancePlan {
    let (answers, silent) = try await askAll(.balance, within: .seconds(5), as: NodeLoad.self)
    guard let view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    let loads = answers.map(\.answer)
    guard let costs = CoreUse.ofShards(in: view, loads, policy) else {
      let names = CoreUse.missing(in: view, loads).map(\.value)
      let why = names.map { name in "\(name) (\(silent.first { $0.name == name }?.reason ?? "it has just come"))" }
      throw CallError(.refused, "shards are exchanged only when every active node tells its load: \(why.joined(separator: ", ")) did not")
    }
    return BalancePlan(view, costs: costs, policy: policy)
  }
}
