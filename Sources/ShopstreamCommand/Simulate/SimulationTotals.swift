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
  private var phases: [String: [String: Int]] = [:]
  /// What a shard goes through on its way from one node to another, in that order.
  private static let steps = ["sealing", "sealed", "waiting", "taking", "fenced", "doubted"]

  mutating func add(_ report: SimulationReport) {
    seeds += 1
    operations += report.operations.count
    unknown += report.count(of: .unknown)
    lateEffects += report.lateEffects
    virtual += report.length
    faults.merge(report.faults, uniquingKeysWith: +)
    for (kind, phases) in report.phases { self.phases[kind, default: [:]].merge(phases, uniquingKeysWith: +) }
    if !report.complaints.isEmpty { failed.append(report.plan.seed) }
  }

  func text(took: Duration) -> String {
    let rate = took > .zero ? virtual / took : 0
    let rows = faults.sorted { $0.key < $1.key }.map { kind, count in
      [kind, "\(count)"] + Self.steps.map { "\(phases[kind]?[$0] ?? 0)" }
    }
    return """
      \(seeds) seeds, \(failed.count) of them broke a promise. \(operations) operations, \(unknown) with unknown outcome; \(lateEffects) late \
      effects in the store; \(Int(virtual / .seconds(1))) virtual seconds in \(Int(took / .seconds(1))), \(Int(rate)) times real time.
      Faults, and how many of them fell while a shard somewhere was …

      """ + Self.table([["", "all"] + Self.steps] + rows)
  }

  private static func table(_ rows: [[String]]) -> String {
    rows.map { row in
      row.enumerated().map { column, text in
        let width = rows.map { $0[column].count }.max() ?? 0
        let padding = String(repeating: " ", count: width - text.count)
        return column == 0 ? text + padding : padding + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
