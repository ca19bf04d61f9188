// Each promise is broken on purpose, and the simulator has to find it: a judge that finds nothing when nothing is wrong has shown nothing.
import Foundation
import Testing
import Troupe
import TroupeCluster

@testable import TroupeTesting

@Suite(.serialized) struct SabotageTests {
  private static let seedLimit: UInt64 = 200

  /// Faults of these kinds alone, and as many calls as shorten the search.
  private struct Hunt {
    var kinds: Set<String>
    /// Leases matter to what is in memory alone.
    var isAboutMemory = false

    func plan(_ seed: UInt64) -> SimulationPlan {
      var plan = SimulationPlan(seed: seed, only: kinds)
      if isAboutMemory { (plan.processes, plan.pause) = (10, .milliseconds(20)) }
      return plan
    }

    func run(_ seed: UInt64) -> [String] {
      let workloads: [any SimulationWorkload] = isAboutMemory ? [SpotWorkload(spots: 12)] : Simulation.standardWorkloads
      return Simulation(plan(seed), workloads).run().complaints
    }
  }

  /// In 200 seeds of strands, slow stores and moves nobody noticed these, not even with receivers who believe everybody: heirs see the last
  /// beat up to another beat late, which hides a margin of 75 ms and what a slow beat adds.
  private static let unnoticed: Set<Sabotage> = [.leaseMargin, .leaseFromEnd, .giveUnserved]

  private static let hunts: [Sabotage: Hunt] = [
    .leaseWait: Hunt(kinds: ["strand"], isAboutMemory: true),
    .receiversCheck: Hunt(kinds: ["freeze"]),
    .fence: Hunt(kinds: ["freeze", "pause", "storeLoses"]),
    .gate: Hunt(kinds: ["crash"]),
    .dedupe: Hunt(kinds: ["crash", "resetLinks"]),
    .acknowledgements: Hunt(kinds: ["stickLinks"]),
    .seal: Hunt(kinds: ["storeLoses", "rollOut", "weigh", "pin"], isAboutMemory: true),
    .unknownAppend: Hunt(kinds: ["storeLoses"]),
  ]

  @Test(arguments: Set(Sabotage.allCases).subtracting(unnoticed).sorted { $0.rawValue < $1.rawValue }) func isNoticed(sabotage: Sabotage)
    throws
  {
    let hunt = try #require(Self.hunts[sabotage])
    activate([sabotage])
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
      for seed in UInt64(1)...20 {
        let complaints = hunt.run(seed)
        #expect(complaints == [], "\(sabotage), seed \(seed)")
      }
    }
  }
}
