// Networks that are cut, and a store that goes away. For clusters whose nodes have networks of their own.

import Foundation

extension ChaosScenario {
  static let cutFull = ChaosScenario(
    name: "cut-full", summary: "one node hears nobody and nobody hears it, for ten seconds", nodes: 3, rounds: 1, needsNetwork: true
  ) { stage, _ in
    let victim = stage.cluster.nodes.shuffled()[0]
    try await stage.cut("\(victim) is cut off", [victim], for: ChaosStage.cutTime) { network in
      try network.setLink(of: victim, isUp: false)
    }
  }

  static let cutOneWay = ChaosScenario(
    name: "cut-one-way",
    summary: "what one node sends to nodes and clients vanishes, for ten seconds; it hears them, and reaches the store", nodes: 3,
    rounds: 1,
    needsNetwork: true
  ) { stage, _ in
    let nodes = stage.cluster.nodes.shuffled()
    try await stage.cut("nobody hears \(nodes[0])", [nodes[0]], for: ChaosStage.cutTime) { network in
      try network.setMute(nodes[0], towards: try nodes.dropFirst().map { try network.host($0).address } + [network.clients])
    }
  }

  static let cutStore = ChaosScenario(
    name: "cut-store", summary: "one node does not reach the store, for ten seconds; everybody else does, and it reaches them", nodes: 3,
    rounds: 1, needsNetwork: true
  ) { stage, _ in
    let victim = stage.cluster.nodes.shuffled()[0]
    try await stage.cut("\(victim) does not reach the store", [victim], for: ChaosStage.cutTime) { network in
      try network.setMute(victim, towards: [try network.host(ChaosNetwork.storeName).address])
    }
  }

  static let flappingLink = ChaosScenario(
    name: "flapping-link", summary: "one node's link goes down and comes back every second, ten times", nodes: 3, rounds: 1,
    needsNetwork: true
  ) { stage, _ in
    let victim = stage.cluster.nodes.shuffled()[0]
    for number in 1...ChaosStage.flaps {
      let isLast = number == ChaosStage.flaps
      try await stage.cut("\(victim)'s link is down", [victim], for: ChaosStage.flapTime, recovers: isLast) { network in
        try network.setLink(of: victim, isUp: false)
      }
      try await Task.sleep(for: ChaosStage.flapPause)
    }
  }

  static let storeRestart = ChaosScenario(
    name: "store-restart", summary: "PostgreSQL is stopped at once and is away for three seconds", nodes: 3, rounds: 1, needsNetwork: true
  ) { stage, _ in
    let supervisor = stage.cluster.file.supervisor
    try await stage.fault("the store stops", stage.cluster.nodes) {
      guard kill(supervisor, SIGUSR1) == 0 else { throw Refusal("netcluster (process \(supervisor)) could not be signalled.") }
    }
    // Nodes hold their lease for a moment: the cluster must not be taken for whole before the store has gone.
    _ = try await stage.cluster.eventually(within: ChaosStage.moveLimit) { await !stage.cluster.isWell(stage.cluster.nodes) }
    try await stage.recovery()
  }
}

extension ChaosStage {
  static let cutTime: Duration = .seconds(10)
  static let flaps = 10
  static let flapTime: Duration = .milliseconds(400)
  static let flapPause: Duration = .milliseconds(600)

  /// Does something to the network, as a fault, for some time; heals it whatever happens.
  func cut(_ name: String, _ nodes: [String], for time: Duration, recovers: Bool = true, _ act: (ChaosNetwork) throws -> Void) async throws
  {
    guard let network = cluster.network else { throw Refusal("This cluster's nodes have no networks of their own.") }
    do {
      try await fault(name, nodes) { try act(network) }
      try await Task.sleep(for: time)
    } catch {
      network.heal()
      throw error
    }
    network.heal()
    history.note("the network is whole again")
    if recovers { try await recovery() }
  }
}
