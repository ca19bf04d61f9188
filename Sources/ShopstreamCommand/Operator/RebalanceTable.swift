// A plan of the balancer as lines of text and as JSON. Pure.

import Troupe

enum RebalanceTable {
  static func lines(_ plan: BalancePlan, isDone: Bool) -> [String] {
    let rows = plan.shares.map { [$0.node.value, $0.weight.grouped, "\($0.before)"] + (plan.swaps.isEmpty ? [] : ["\($0.after)"]) }
    let table = StatusTable.aligned([["NODE", "WEIGHT", "COST"] + (plan.swaps.isEmpty ? [] : ["COST THEN"])] + rows, right: [1, 2, 3])
    guard !plan.swaps.isEmpty else { return table + ["Nothing to do: \(plan.end)."] }
    let words = plan.before.map { "\($0.node) has the most to do for its weight: \($0.words)." } ?? ""
    return table + [words]
      + plan.swaps.map { swap in
        "\(isDone ? "Now" : "It would help that") shard \(swap.hot) (\(swap.hotCost)) \(isDone ? "goes" : "went") from \(swap.from) to \(swap.to), "
          + "and shard \(swap.cold) (\(swap.coldCost)) back."
      } + ["Nothing more than that: \(plan.end)."]
  }

  struct Answer: Encodable {
    struct Node: Encodable {
      let node: String
      let weight: Int
      /// Cores.
      let before: Double
      let after: Double
    }

    struct Swap: Encodable {
      let hot: Int
      let cold: Int
      let hotCores: Double
      let coldCores: Double
      let from: String
      let to: String
    }

    let nodes: [Node]
    let swaps: [Swap]
    /// Why there are no more.
    let end: String
    /// Whether the shards have changed places.
    let done: Bool

    init(_ plan: BalancePlan, isDone: Bool) {
      nodes = plan.shares.map { Node(node: $0.node.value, weight: $0.weight, before: $0.before.cores, after: $0.after.cores) }
      swaps = plan.swaps.map {
        Swap(
          hot: $0.hot.index, cold: $0.cold.index, hotCores: $0.hotCost.cores, coldCores: $0.coldCost.cores, from: $0.from.value,
          to: $0.to.value)
      }
      end = "\(plan.end)"
      done = isDone && !plan.swaps.isEmpty
    }
  }
}
