// What many seeds came to.
import TroupeTesting

struct SimulationTotals {
  private(set) var failed: [UInt64] = []
  private var seeds = 0
  private var operations = 0
  private var unknown = 0
  private var lateEffects = 0
  private var virtual = Duration.zero
  private var faults: [String: Int] = [:]

  mutating func add(_ report: SimulationReport) {
    seeds += 1
    operations += report.operations.count
    unknown += report.count(of: .unknown)
    lateEffects += report.lateEffects
    virtual += report.length
    faults.merge(report.faults, uniquingKeysWith: +)
    if !report.complaints.isEmpty { failed.append(report.plan.seed) }
  }

  func text(took: Duration) -> String {
    let rate = took > .zero ? virtual / took : 0
    let table = faults.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    return ([
      """
      \(seeds) seeds, \(failed.count) of them broke a promise. \(operations) operations, \(unknown) with unknown outcome; \(lateEffects) late \
      effects in the store; \(Int(virtual / .seconds(1))) virtual seconds in \(Int(took / .seconds(1))), \(Int(rate)) times real time. Faults:
      """
    ] + table).joined(separator: "\n")
  }
}
