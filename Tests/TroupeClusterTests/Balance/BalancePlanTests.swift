// Which shards change places: what helps is found, what does not help is left, and nothing is ever made worse.

import Testing

@testable import TroupeCluster

@Suite struct BalancePlanTests {
  /// Thousandths of a core: `rest` for each shard, and more for some.
  static func costs(_ view: View, _ hot: [ShardID: Int], rest: Int = 10) -> [ShardID: CoreUse] {
    Dictionary(
      uniqueKeysWithValues: view.owners.indices.map { (ShardID($0), CoreUse(millionths: (hot[ShardID($0)] ?? rest) * 1_000)) })
  }

  private func thousandths(_ shares: [BalancePlan.Share], _ part: KeyPath<BalancePlan.Share, CoreUse>) -> [Int] {
    shares.map { $0[keyPath: part].millionths / 1_000 }
  }

  @Test func oneOfTwoHotShardsGoesToTheCheapest() {
    let view = view(["a", "b", "c"])
    let hot = view.shards(of: "a")
    let plan = BalancePlan(view, costs: Self.costs(view, [hot[0]: 400, hot[1]: 300, view.shards(of: "b")[0]: 100]))
    #expect(thousandths(plan.shares, \.before) == [720, 130, 40])
    #expect(plan.swaps.count == 1)
    let swap = plan.swaps[0]
    // 720 and 40 are evened out best by the larger one: 330 and 430. The smaller one would leave 430 and 330; of equals the first is taken.
    #expect(swap.from == "a" && swap.to == "c" && [hot[0], hot[1]].contains(swap.hot) && view.owns("c", swap.cold))
    #expect(plan.after.map { $0.cost.millionths / 1_000 } == 430)
    #expect(plan.wishes == [swap.hot: "c", swap.cold: "a"])
    #expect("\(plan.end)".contains("no exchange betters that"))
  }

  @Test func manyHotShardsGoWhereThereIsRoomAndTheNumbersStay() throws {
    let view = view(["a", "b", "c"], shards: 30)
    let hot = Dictionary(uniqueKeysWithValues: view.shards(of: "a").prefix(6).map { ($0, 200) })
    let plan = BalancePlan(view, costs: Self.costs(view, hot))
    #expect(thousandths(plan.shares, \.before) == [1_240, 100, 100])
    #expect(thousandths(plan.shares, \.after) == [480, 480, 480])
    #expect(plan.swaps.count == 4)
    let moved = try view.setting(.balance(plan.wishes)).balanced()
    #expect(moved.loads == view.loads && differences(moved.owners, view.owners) == 8)
  }

  @Test func aShardThatIsTooHotForAnybodyStaysAndIsNamed() {
    let view = view(["a", "b"])
    let hot = view.shards(of: "a")[2]
    let plan = BalancePlan(view, costs: Self.costs(view, [hot: 900], rest: 2))
    #expect(plan.swaps.isEmpty)
    #expect(
      "\(plan.end)"
        == "a has the most to do, 0.91 cores, 1.97 times the mean, and no exchange betters that: of the shards that may move its dearest is "
        + "\(hot), with 0.90 cores")
  }

  @Test func whoWeighsMoreBearsMore() {
    let heavy = view(["a", "b"], shards: 30).weighing(["a": 2]).balanced()
    #expect(BalancePlan(heavy, costs: Self.costs(heavy, [:], rest: 20)).swaps.isEmpty, "twice the shards and twice the weight")
    // 20 shards with 20 each and 10 with 60: b has 600 for 1, a 400 for 2.
    let hot = Dictionary(uniqueKeysWithValues: heavy.shards(of: "b").map { ($0, 60) })
    let plan = BalancePlan(heavy, costs: Self.costs(heavy, hot, rest: 20))
    #expect(thousandths(plan.shares, \.after) == [560, 440] && plan.swaps.count == 4 && plan.end == .enoughForARound)
  }

  @Test func pinnedShardsStay() throws {
    let plain = view(["a", "b"])
    let hot = plain.shards(of: "a")
    let pinned = try plain.setting(.pin(hot[0], "a")).setting(.pin(hot[1], "a"))
    let plan = BalancePlan(pinned, costs: Self.costs(pinned, [hot[0]: 400, hot[1]: 300]))
    #expect(plan.swaps.isEmpty)
    let open = BalancePlan(pinned, costs: Self.costs(pinned, [hot[0]: 400, hot[1]: 300, hot[2]: 200]))
    #expect(open.swaps.map(\.hot) == [hot[2]])
    #expect(BalancePlan(plain, costs: Self.costs(plain, [hot[0]: 400, hot[1]: 300]), resting: [hot[0], hot[1]]).swaps.isEmpty)
  }

  @Test func whoDrainsOrWeighsNothingTakesNoPart() throws {
    let view = try view(["a", "b", "c", "d"], shards: 40).setting(.drain("b")).weighing(["c": 0]).balanced()
    let hot = view.shards(of: "a").prefix(3)
    let plan = BalancePlan(view, costs: Self.costs(view, Dictionary(uniqueKeysWithValues: hot.map { ($0, 300) })))
    #expect(plan.shares.map(\.node) == ["a", "d"])
    #expect(!plan.swaps.isEmpty && plan.swaps.allSatisfy { $0.to == "d" })
  }

  @Test func whileShardsMoveNothingIsCompared() throws {
    let view = try view(["a", "b"]).setting(.weight("a", 3))
    #expect(BalancePlan(view, costs: Self.costs(view, [view.shards(of: "b")[0]: 800])).end == .moving(3))
    #expect("\(BalancePlan.End.moving(1))" == "1 shard is on the way: loads are compared when all are there")
  }

  @Test func littleToDoAndEvenLoadsAreLeft() {
    let view = view(["a", "b"])
    let little = BalancePlan(view, costs: Self.costs(view, [view.shards(of: "a")[0]: 95], rest: 1))
    #expect("\(little.end)" == "a has the most to do, 0.10 cores, and below 0.20 cores nothing is moved")
    let even = BalancePlan(view, costs: Self.costs(view, [:], rest: 100))
    #expect("\(even.end)" == "a has the most to do for its weight, 0.60 cores, 1.00 times the mean, and up to 1.10 is even")
    #expect(BalancePlan(TroupeClusterTests.view(["a"]), costs: [:]).end == .alone)
  }

  /// Whatever the costs, the weights and the pins: the dearest becomes no dearer, the numbers of shards stay, pins are left alone, and once the
  /// wishes are taken out nothing moves.
  @Test(arguments: UInt64(1)...60) func nothingIsEverMadeWorse(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 2...7, using: &random)
    var view = TroupeClusterTests.view((0..<count).map { NodeID("n\($0)") }, shards: 96)
    for member in view.members where Bool.random(using: &random) {
      view = view.weighing([member.id: Int.random(in: 1...4, using: &random)])
    }
    view = view.balanced()
    for _ in 0..<Int.random(in: 0...9, using: &random) {
      let shard = ShardID(Int.random(in: 0..<96, using: &random))
      view = try view.setting(.pin(shard, view.owner(of: shard)!.id))
    }
    var hot: [ShardID: Int] = [:]
    for shard in 0..<96 where Int.random(in: 0..<4, using: &random) == 0 {
      hot[ShardID(shard)] = Int.random(in: 0...(1 << Int.random(in: 1...9, using: &random)), using: &random)
    }
    let plan = BalancePlan(view, costs: Self.costs(view, hot, rest: 1))
    func peak(_ part: KeyPath<BalancePlan.Share, CoreUse>) -> Double {
      plan.shares.map { Double($0[keyPath: part].millionths) / Double($0.weight) }.max() ?? 0
    }
    #expect(peak(\.after) <= peak(\.before))
    #expect(plan.swaps.isEmpty || plan.swaps.count <= BalancePolicy().swaps)
    #expect(plan.wishes.count == 2 * plan.swaps.count && plan.wishes.keys.allSatisfy { view.pins[$0] == nil })
    let after = try view.setting(.balance(plan.wishes)).balanced().setting(.balance([:]))
    #expect(after.loads == view.loads && differences(after.owners, view.owners) == plan.wishes.count)
    #expect(Placement.desiredOwners(of: after) == after.owners)
    // What the plan said that nodes would have is what they have.
    let again = BalancePlan(after, costs: Self.costs(after, hot, rest: 1))
    #expect(again.shares.map(\.before) == plan.shares.map(\.after))
  }
}
