// A node more than the cluster has, for joins and leaves: a process of ours, which ends with us.

import ChildPrograms
import Foundation

struct ExtraNode: Sendable {
  let id: String
  private let process: ChildProcess
  private let ended: Task<ChildEnd?, Never>

  /// Returns when it serves, which is before it owns anything.
  static func start(_ id: String, in cluster: ChaosCluster) async throws -> ExtraNode {
    try Credentials.prepare([.node(id)], in: cluster.directory, trustDomain: cluster.file.cluster)
    let port = try PortCheck.freeRuns(of: [1], host: UpPlan.host)[0]
    let command = ChildCommand(
      name: id, executable: ChildProcess.thisExecutable,
      arguments: [
        "node", "--id", id, "--cluster", cluster.file.cluster, "--data", cluster.directory.path, "--host", UpPlan.host, "--port", "\(port)",
        "--supervised",
      ], log: cluster.directory.log(of: id))
    let (reports, report) = AsyncStream<ChildReport>.makeStream()
    let (ends, end) = AsyncStream<ChildEnd>.makeStream()
    let process = try ChildProcess(command) {
      report.yield($0)
    } ended: {
      report.finish()
      end.yield($0)
      end.finish()
    }
    let node = ExtraNode(
      id: id, process: process,
      ended: Task {
        for await end in ends { return end }
        return nil
      })
    for await report in reports {
      switch report {
      case .ready: return node
      case .failed(let sentence): throw Refusal("\(id) could not join: \(sentence)")
      }
    }
    node.kill()
    try Task.checkCancellation()
    throw Refusal("\(id) ended before it served: see \(command.log).")
  }

  /// Asks it to leave, and returns when its process has ended.
  func leave() async -> ChildEnd? {
    process.signal(SIGTERM)
    return await ended.value
  }

  func kill() { process.signal(SIGKILL) }
}
