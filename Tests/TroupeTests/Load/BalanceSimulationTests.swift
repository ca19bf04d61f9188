// A cluster whose calls hit a few shards: the balancer finds them and moves them, while calls go on; and the death of the node that does it.
import Synchronization
import Testing
import TroupeTesting

@testable import Troupe

/// What nodes have logged, and how calls ended.
private final class Notes: Sendable {
  private let lines = Mutex<[String]>([])
  private let failures = Mutex<[String]>([])
  let calls = Atomic(0)
  let isOver = Atomic(false)

  var log: Log { Log { [self] _, line in lines.withLock { $0.append(line) } } }
  var told: [String] { lines.withLock { $0.filter { $0.hasPrefix("balance: ") } } }
  var failed: [String] { failures.withLock { $0 } }
  func fail(_ why: String) { failures.withLock { $0.append(why) } }
}

@Suite struct BalanceSimulationTests {
  /// A simulated call costs no time of a core but what is reckoned for it, so that little must be worth it.
  private static var low: BalancePolicy {
    var policy = BalancePolicy()
    policy.worth = CoreUse(millionths: 200)
    return policy
  }

  private func cluster(_ notes: Notes, nodes: Int = 3, seed: UInt64 = 1, policy: BalancePolicy? = low) throws -> SimulatedCluster {
    let cluster = try SimulatedCluster(nodes: nodes, shardCount: 48, seed: seed, balance: policy, log: notes.log) {
      $0.register(Counter.self)
    }
    cluster.advance(by: .seconds(12))
    return cluster
  }

  /// Counters in so many different shards of a node.
  private func hotCounters(_ count: Int, on node: String, _ cluster: SimulatedCluster) throws -> [(name: String, shard: Int)] {
    let shards = try cluster.run { try await $0.shards() }
    var seen: Set<Int> = []
    var found: [(name: String, shard: Int)] = []
    for number in 0..<10_000 where found.count < count {
      let shard = shardIndex(of: entityHash(kindID: kindID("counter"), id: "c\(number)"), shardCount: shards.count)
      if shards[shard].owner == node, seen.insert(shard).inserted { found.append(("c\(number)", shard)) }
    }
    return found
  }

  private func call(_ names: [String], in cluster: SimulatedCluster, _ notes: Notes) {
    cluster.runBeside { shop in
      while !notes.isOver.load(ordering: .relaxed) {
        for name in names {
          do { _ = try await shop.entity(Counter.self, name).value() } catch { notes.fail("\(error)") }
          notes.calls.wrappingAdd(1, ordering: .relaxed)
        }
      }
    }
  }

  /// Where six hot shards are after two minutes, with everything that was told.
  private func run(_ seed: UInt64, policy: BalancePolicy? = low) throws -> (owners: [String?], notes: Notes, fingerprint: UInt64) {
    let notes = Notes()
    let cluster = try cluster(notes, seed: seed, policy: policy)
    let hot = try hotCounters(6, on: "n1", cluster)
    let before = try cluster.run { try await $0.status() }
    call(hot.map(\.name), in: cluster, notes)
    cluster.advance(by: .seconds(100))
    notes.isOver.store(true, ordering: .relaxed)
    cluster.advance(by: .seconds(15))
    let places = try cluster.run { try await $0.shards() }
    let after = try cluster.run { try await $0.status() }
    #expect(after.nodes.map(\.shards) == before.nodes.map(\.shards))
    #expect(places.allSatisfy { $0.wish == nil && !$0.moves })
    return (hot.map { places[$0.shard].owner }, notes, cluster.world.fingerprint)
  }

  @Test func hotShardsAreSpreadWhileCallsGoOn() throws {
    let (owners, notes, _) = try run(1)
    #expect(notes.failed.isEmpty, "\(notes.failed.prefix(3))")
    #expect(notes.calls.load(ordering: .relaxed) > 5_000)
    for node in ["n1", "n2", "n3"] { #expect(owners.count { $0 == node } == 2, "\(owners); \(notes.told)") }
    #expect(notes.told.contains { $0.hasPrefix("balance: n1 has ") && $0.contains("3.00 times the mean") }, "\(notes.told)")
    #expect(notes.told.contains("balance: the round ends: its shards are where they should be"))
  }

  @Test func withoutABalancerNothingMoves() throws {
    let (owners, notes, _) = try run(1, policy: nil)
    #expect(owners.allSatisfy { $0 == "n1" } && notes.told.isEmpty)
  }

  @Test func theSameSeedMovesTheSameShards() throws {
    let (first, second) = (try run(5), try run(5))
    #expect(first.owners == second.owners && first.fingerprint == second.fingerprint && first.notes.told == second.notes.told)
  }

  @Test func whoDiesLeavesItsWishesToTheNext() throws {
    let notes = Notes()
    let cluster = try cluster(notes)
    let places = try cluster.run { try await $0.shards() }
    let (hot, cold) = (try #require(places.first { $0.owner == "n2" }).shard, try #require(places.first { $0.owner == "n3" }).shard)
    let gone = try #require(places.first { $0.owner == "n1" }).shard
    try cluster.run { try await $0.set(.balance([hot: "n3", cold: "n2", gone: "n1"])) }
    cluster.crash("n1")
    cluster.advance(by: .seconds(40))
    let after = try cluster.run { try await $0.shards() }
    #expect(after[hot].owner == "n3" && after[cold].owner == "n2")
    #expect(after.allSatisfy { $0.wish == nil && !$0.moves })
    #expect(notes.told == ["balance: the round ends: its shards are where they should be"])
  }

  @Test func aPlanCanBeAskedForAndOrderedAtOnce() throws {
    let notes = Notes()
    let cluster = try cluster(notes, policy: nil)
    let policy = Self.low
    let idle = try cluster.run { try await $0.rebalancing(policy) }
    #expect(idle.swaps.isEmpty && idle.shares.map(\.node) == ["n1", "n2", "n3"])
    let hot = try hotCounters(3, on: "n2", cluster)
    call(hot.map(\.name), in: cluster, notes)
    cluster.advance(by: .seconds(25))
    let plan = try cluster.run { try await $0.rebalancing(policy) }
    #expect(plan.swaps.count == 2 && plan.swaps.allSatisfy { $0.from == "n2" })
    let wishes = Dictionary(uniqueKeysWithValues: plan.wishes.map { ($0.key.index, $0.value.value) })
    try cluster.run { try await $0.set(.balance(wishes)) }
    cluster.advance(by: .seconds(10))
    let places = try cluster.run { try await $0.shards() }
    #expect(
      wishes.allSatisfy { places[$0.key].owner == $0.value && places[$0.key].wish == nil },
      "there, and the round is over: nodes that begin none end them")
    notes.isOver.store(true, ordering: .relaxed)
    #expect(notes.failed.isEmpty)
  }

  @Test func withoutEverybodysLoadNothingIsExchanged() throws {
    let notes = Notes()
    let cluster = try cluster(notes, nodes: 2, policy: nil)
    cluster.world.network.cut("n2.2", "client")
    let error = try cluster.run { shop in
      do { return "\(try await shop.rebalancing().end)" } catch { return "\(error)" }
    }
    #expect(error.contains("only when every active node tells its load: n2 ("), "\(error)")
  }

  @Test func wishesThatCannotBeAreRefusedByName() throws {
    let cluster = try cluster(Notes(), nodes: 1, policy: nil)
    for (wishes, why) in [([0: "n9"], "n9 is no member"), ([64: "n1"], "the cluster has no shard 64"), ([-1: "n1"], "no cluster has")] {
      let error = try cluster.run { shop in
        do { try await shop.set(.balance(wishes)) } catch { return "\(error)" }
        return ""
      }
      #expect(error.contains(why), "\(error)")
    }
  }

  @Test func whatAShardCostsIsWhatItsOwnerSays() throws {
    let view = try View.first(cluster: "c", shardCount: 4, member: Member(id: "n1", incarnation: 1, addresses: ["a:1"]))
      .joining(Member(id: "n2", incarnation: 1, addresses: ["b:1"])).giving([2: "n2"], from: "n1", transfer: 1)
    func load(_ node: String, _ shards: [Int]) -> NodeLoad {
      NodeLoad(
        node: node, milliseconds: 10_000,
        shards: shards.map { ShardCost(shard: $0, entities: 1, calls: 1_000, microseconds: 2_000_000, bytes: 0, activations: 0) },
        hottest: [])
    }
    #expect(CoreUse.ofShards(in: view, [load("n1", [0])], BalancePolicy()) == nil, "n2 did not tell")
    let costs = try #require(CoreUse.ofShards(in: view, [load("n1", [0, 2, 900]), load("n2", [2])], BalancePolicy()))
    #expect(costs == [0: CoreUse(millionths: 200_800), 2: CoreUse(millionths: 200_800)], "2 s of turns and 1,000 calls of 8 µs in 10 s")
  }
}
