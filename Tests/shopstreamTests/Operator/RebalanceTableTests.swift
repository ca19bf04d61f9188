// A plan of the balancer as a terminal and a program are told of it.

import Testing

@testable import ShopstreamCommand
@testable import Troupe

struct RebalanceTableTests {
  private var view: View {
    get throws {
      try View.first(cluster: "c", shardCount: 8, member: Member(id: "n1", incarnation: 1, addresses: ["a:1"]))
        .joining(Member(id: "n2", incarnation: 1, addresses: ["b:1"]))
        .giving([4: "n2", 5: "n2", 6: "n2", 7: "n2"], from: "n1", transfer: 1)
    }
  }

  @Test func `exchanges are told with their figures`() throws {
    let costs: [ShardID: CoreUse] = [
      0: CoreUse(millionths: 300_000), 1: CoreUse(millionths: 500_000), 5: CoreUse(millionths: 100_000),
    ]
    let plan = BalancePlan(try view, costs: costs)
    let lines = RebalanceTable.lines(plan, isDone: false)
    #expect(
      lines[0...4] == [
        "NODE  WEIGHT        COST   COST THEN", "n1         1  0.80 cores  0.50 cores", "n2         1  0.10 cores  0.40 cores",
        "n1 has the most to do for its weight: 0.80 cores, 1.78 times the mean.",
        "It would help that shard 0 (0.30 cores) went from n1 to n2, and shard 4 (0.000 cores) back.",
      ], "\(lines)")
    #expect(RebalanceTable.lines(plan, isDone: true)[4].hasPrefix("Now shard 0 (0.30 cores) goes from n1 to n2, "))
    let answer = RebalanceTable.Answer(plan, isDone: true)
    #expect(answer.done && answer.swaps.map(\.hot) == [0] && answer.nodes.map(\.after) == [0.5, 0.4])
  }

  @Test func `that nothing is done is told with the reason`() throws {
    let lines = RebalanceTable.lines(BalancePlan(try view, costs: [0: CoreUse(millionths: 5_000)]), isDone: true)
    #expect(lines.last == "Nothing to do: n1 has the most to do, 0.005 cores, and below 0.20 cores nothing is moved.")
    #expect(!RebalanceTable.Answer(BalancePlan(try view, costs: [:]), isDone: true).done)
  }
}
