// One seed's outcome, for programs and for people.
import TroupeTesting

/// As `--json` prints it.
struct SimulationLine: Encodable, Sendable {
  var seed: UInt64
  var nodes: Int
  var loops: Int
  var shards: Int
  var virtualSeconds: Double
  var events: Int
  var operations: Int
  var failed: Int
  var unknown: Int
  var lateEffects: Int
  var faults: [String: Int]
  /// As text: 64 bits are more than a number in JSON can be trusted with.
  var fingerprint: String
  var complaints: [String]

  init(_ report: SimulationReport) {
    (seed, nodes, loops, shards) = (report.plan.seed, report.plan.nodes, report.plan.loops, report.plan.shardCount)
    virtualSeconds = report.length / .seconds(1)
    (events, operations) = (report.steps, report.operations.count)
    (failed, unknown) = (report.count(of: .failed), report.count(of: .unknown))
    (lateEffects, faults, complaints) = (report.lateEffects, report.faults, report.complaints)
    fingerprint = String(report.fingerprint, radix: 16)
  }

  /// For a terminal.
  var text: String {
    let faults = faults.values.reduce(0, +)
    let head = """
      Seed \(seed): \(nodes) nodes of \(loops) loops, \(shards) shards; \(operations) operations in \(Int(virtualSeconds)) virtual seconds, \
      \(failed) failed and \(unknown) with unknown outcome; \(faults) faults, \(lateEffects) late effects in the store; \
      history \(fingerprint).
      """
    guard !complaints.isEmpty else { return head + "\nEvery promise held." }
    return ([head] + complaints.map { "BROKEN: \($0)" }).joined(separator: "\n")
  }
}
