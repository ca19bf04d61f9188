// A running cluster of this machine, as chaos sees it: which nodes there are, as which processes, who owns what, and when all is well.

import Foundation
import Troupe

struct ChaosCluster: Sendable {
  /// How often it is looked whether something has come about that nobody announces.
  static let look: Duration = .milliseconds(50)

  let directory: DataDirectory
  let file: ClusterFile
  let connection: OperatorConnection
  /// Nil where nodes share this machine's.
  let network: ChaosNetwork?

  static func find(_ directory: DataDirectory) async throws(Refusal) -> ChaosCluster {
    let file = try ClusterFile.read(from: directory)
    guard NodeProcesses.isRunning(file.supervisor) else {
      throw Refusal("The cluster in \(directory.path) does not run: start it with 'shopstream up', or leave --data out for one of its own.")
    }
    let network = try ChaosNetwork.read(from: directory, of: file.supervisor)
    return ChaosCluster(directory: directory, file: file, connection: try await OperatorConnection.open(directory), network: network)
  }

  var nodes: [String] { file.nodes.map(\.id) }
  /// By node.
  var processes: [String: Int32] { NodeProcesses.children(of: file.supervisor) }

  /// Sends a signal to the process that the node is now, and returns which that was.
  @discardableResult
  func signal(_ number: Int32, _ node: String) throws(Refusal) -> Int32 {
    guard let process = processes[node] else { throw Refusal("\(node) has no process that could be reached.") }
    guard kill(process, number) == 0 else { throw Refusal("\(node) (process \(process)) could not be signalled (\(SystemError.last)).") }
    return process
  }

  /// Of `carts` those that these nodes own at the moment.
  func owned(_ carts: [String], by nodes: [String]) async throws -> Set<String> {
    let status = try await connection.cluster.status()
    let kind = kindID("cart")
    return Set(
      carts.filter { cart in
        let owner = status.owners[shardIndex(of: entityHash(kindID: kind, id: cart), shardCount: status.shardCount)]
        return Int(owner) < status.nodes.count && nodes.contains(status.nodes[Int(owner)].id)
      })
  }

  /// Every node that should be there serves its share, nobody else is there, and no shard is on its way.
  func isWell(_ nodes: [String]) async -> Bool {
    guard let summary = try? await connection.summary(), summary.isWell, Set(summary.nodes.map(\.id)) == Set(nodes),
      summary.nodes.allSatisfy({ $0.shards > 0 && $0.state == "active" }), let shards = try? await connection.cluster.shards()
    else { return false }
    return !shards.contains { $0.owner == nil || $0.moves }
  }

  /// False when `limit` passes first.
  func eventually(
    within limit: Duration, every pause: Duration = look, _ condition: () async throws -> Bool
  ) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while try await !condition() {
      if ContinuousClock.now > end { return false }
      try await Task.sleep(for: pause)
    }
    return true
  }
}
