// Each promise is broken on purpose, and the simulator has to find it: a judge that finds nothing when nothing is wrong has shown nothing.
import Foundation
import Testing
import Troupe
import TroupeCluster
import TroupeNet

@testable import TroupeTesting

@Suite(.serialized) struct SabotageTests {
  private static let seedLimit: UInt64 = 200

  /// Faults of these kinds alone, and as many calls as shorten the search.
  private struct Hunt {
    var kinds: Set<String>
    /// Off as well: it stands in for what is broken. `nobodyComplainsOfNothing` shows that its absence alone is not what is found.
    var without: Sabotage?
    /// Leases matter to what is in memory alone.
    var isAboutMemory = false
    /// After each strand, when its shards have heirs who still wait for its lease, one of the heirs has to give all that it has away.
    var weighsHeirs = false

    func plan(_ seed: UInt64) -> SimulationPlan {
      var plan = SimulationPlan(seed: seed, only: kinds)
      if weighsHeirs { plan.faults = plan.faults.flatMap { weighing(heirsOf: $0, plan, seed) }.sorted { $0.after < $1.after } }
      if isAboutMemory { (plan.processes, plan.pause) = (10, .milliseconds(20)) }
      return plan
    }

    /// A burial takes between seven and nine tenths of a lease.
    private func weighing(heirsOf blow: TimedFault, _ plan: SimulationPlan, _ seed: UInt64) -> [TimedFault] {
      guard case .strand(let stranded, _, _) = blow.fault else { return [blow] }
      var random = SeededRandom(seed: seed ^ UInt64(blow.after.wholeNanoseconds))
      let heirs = (1...plan.nodes).map { "n\($0)" }.filter { $0 != stranded }
      let heir = heirs[Int(random.next() % UInt64(heirs.count))]
      let instant = blow.after + .milliseconds(Int64(1_000 + random.next() % 400))
      return [blow, TimedFault(after: instant, .weigh(heir, 0)), TimedFault(after: instant + .seconds(2), .weigh(heir, 1))]
    }

    func run(_ seed: UInt64) -> [String] {
      let workloads: [any SimulationWorkload] = isAboutMemory ? [SpotWorkload(spots: 12)] : Simulation.standardWorkloads
      return Simulation(plan(seed), workloads).run().complaints
    }
  }

  private static let hunts: [Sabotage: Hunt] = [
    .leaseMargin: Hunt(kinds: ["strand"], isAboutMemory: true),
    .leaseFromEnd: Hunt(kinds: ["strand", "storeStalls"], isAboutMemory: true),
    .giveUnserved: Hunt(kinds: ["strand"], isAboutMemory: true, weighsHeirs: true),
    .fence: Hunt(kinds: ["strand", "storeLoses", "cutFromStore", "rollOut"]),
    .acknowledgements: Hunt(kinds: ["stickLinks", "resetLinks"]),
    .leaseWait: Hunt(kinds: ["strand"], without: .receiversCheck, isAboutMemory: true),
    .receiversCheck: Hunt(kinds: ["freeze"]),
    .gate: Hunt(kinds: ["crash"]),
    .dedupe: Hunt(kinds: ["crash", "resetLinks"]),
    .seal: Hunt(kinds: ["storeLoses", "rollOut", "weigh", "pin"], isAboutMemory: true),
    .unknownAppend: Hunt(kinds: ["storeLoses"]),
  ]

  @Test(arguments: Sabotage.allCases) func isNoticed(sabotage: Sabotage) throws {
    let hunt = try #require(Self.hunts[sabotage])
    activate([sabotage] + [hunt.without].compactMap(\.self))
    defer { activate([]) }
    let seed = (1...Self.seedLimit).first { !hunt.run($0).isEmpty }
    #expect(seed != nil, "not noticed in \(Self.seedLimit) seeds")
    if let seed { print("\(sabotage.rawValue): seed \(seed): \(hunt.run(seed)[0].prefix(160))") }
  }

  private func activate(_ sabotages: [Sabotage]) {
    #if TROUPE_SABOTAGE
      Sabotage.active = Set(sabotages)
    #endif
  }

  @Test func thisBuildIsForIt() { #expect(Sabotage.isPossible) }

  /// The same seeds and faults without sabotage: whoever complains then has not found any.
  @Test func nobodyComplainsOfNothing() {
    for (sabotage, hunt) in Self.hunts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      activate([hunt.without].compactMap(\.self))
      defer { activate([]) }
      for seed in UInt64(1)...20 {
        let complaints = hunt.run(seed)
        #expect(complaints == [], "\(sabotage), seed \(seed)")
      }
    }
  }
}
