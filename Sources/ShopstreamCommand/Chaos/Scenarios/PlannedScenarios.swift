// What operators do on any day: no call may fail because of it.

import ChildPrograms
import Foundation

extension ChaosScenario {
  static let rollingRestart = ChaosScenario(
    name: "rolling-restart", summary: "one node after the other gets SIGTERM, gives all away and is started again", nodes: 3, rounds: 1,
    isPlanned: true
  ) { stage, _ in
    for node in stage.cluster.nodes {
      var old: Int32 = 0
      try await stage.fault("\(node) gets SIGTERM", [node]) { old = try stage.cluster.signal(SIGTERM, node) }
      try await stage.recovery(from: [node: old])
    }
  }

  static let churn = ChaosScenario(
    name: "churn", summary: "one more node joins, is given its share, is drained and leaves again", nodes: 3, rounds: 3, isPlanned: true
  ) { stage, round in
    let id = "chaos-\(round + 1)"
    try await stage.fault("\(id) joins", []) {}
    let extra = try await ExtraNode.start(id, in: stage.cluster)
    do {
      let joined = stage.cluster.nodes + [id]
      guard try await stage.cluster.eventually(within: ChaosStage.wholeLimit, { await stage.cluster.isWell(joined) }) else {
        throw ChaosStage.NotWhole()
      }
      stage.history.change { book, now in book.endFaults(at: now) }
      stage.history.note("\(id) has its share")
      try await Task.sleep(for: ChaosStage.calm)
      try await stage.drain(id)
      if let end = await extra.leave(), end != .status(0) { stage.history.note("\(id) \(end)") }
      try await stage.recovery()
    } catch {
      extra.kill()
      throw error
    }
  }
}

extension ChaosStage {
  /// As `shopstream drain` does; returns when the node has left the view.
  func drain(_ node: String) async throws {
    try await fault("\(node) is drained", [node]) {}
    try await cluster.connection.cluster.drain(node)
    let hasLeft = try await cluster.eventually(within: Self.wholeLimit) {
      try await !cluster.connection.summary().nodes.contains { $0.id == node }
    }
    guard hasLeft else { throw NotWhole() }
    history.note("\(node) has given everything away")
  }
}
