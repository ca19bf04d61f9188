// Nodes that die without a word, and nodes that stand still until the others take them for dead.

import Foundation

extension ChaosScenario {
  static let killOne = ChaosScenario(
    name: "kill-one", summary: "kill -9 of one node; 'up' starts it again", nodes: 3, rounds: 1
  ) { stage, _ in
    let victim = stage.cluster.nodes.shuffled()[0]
    let old = try await stage.signal(SIGKILL, [victim], "kill -9 of \(victim)")
    try await stage.recovery(from: old)
  }

  static let killTwo = ChaosScenario(
    name: "kill-two", summary: "kill -9 of two of five nodes at one moment", nodes: 5, rounds: 1
  ) { stage, _ in
    let victims = Array(stage.cluster.nodes.shuffled().prefix(2)).sorted()
    let old = try await stage.signal(SIGKILL, victims, "kill -9 of \(victims.joined(separator: " and "))")
    try await stage.recovery(from: old)
  }

  static let killInHandoff = ChaosScenario(
    name: "kill-in-handoff", summary: "kill -9 in the middle of a move of shards: of the node that gives, then of the one that takes",
    nodes: 3,
    rounds: 2
  ) { stage, round in
    let nodes = stage.cluster.nodes.shuffled()
    let (taker, giver) = (nodes[0], nodes[1])
    let cluster = stage.cluster.connection.cluster
    let before = try await stage.owned(by: taker)
    stage.history.note("\(taker) is to have a larger share")
    try await cluster.set(.weigh(node: taker, ChaosStage.heavy))
    do {
      // In the middle: some have moved, and some are still to.
      _ = try await stage.cluster.eventually(within: ChaosStage.moveLimit, every: .milliseconds(5)) {
        try await stage.owned(by: taker) > before
      }
      let victim = round % 2 == 0 ? giver : taker
      let left = try await cluster.shards().count(where: \.moves)
      let what = round % 2 == 0 ? "gives" : "takes"
      let old = try await stage.signal(SIGKILL, [victim], "kill -9 of \(victim), which \(what); \(left) shards still to move")
      try await cluster.set(.weigh(node: taker, 1))
      try await stage.recovery(from: old)
    } catch {
      try? await cluster.set(.weigh(node: taker, 1))
      throw error
    }
  }

  static let pause = ChaosScenario(
    name: "pause", summary: "SIGSTOP of one node for ten seconds: the others bury it, and it must notice", nodes: 3, rounds: 1
  ) { stage, _ in
    let victim = stage.cluster.nodes.shuffled()[0]
    let old = try await stage.signal(SIGSTOP, [victim], "\(victim) stands still")
    do { try await Task.sleep(for: ChaosStage.standstill) } catch {
      for process in old.values { kill(process, SIGCONT) }
      throw error
    }
    for process in old.values { kill(process, SIGCONT) }
    stage.history.note("\(victim) goes on")
    // It finds itself buried and ends; 'up' starts it again as somebody else.
    try await stage.recovery(from: old)
  }
}

extension ChaosStage {
  static let standstill: Duration = .seconds(10)
  /// Beside nodes that weigh 1: half of all shards move.
  static let heavy = 4
  static let moveLimit: Duration = .seconds(10)

  func owned(by node: String) async throws -> Int {
    try await cluster.connection.cluster.shards().count { $0.owner == node }
  }
}
