// What a scenario works with: the cluster, the book, and the words for what it does. Every fault is entered in the book in the instant in
// which it is done, with the carts that it concerns.

import Foundation

struct ChaosStage: Sendable {
  /// From a fault until the cluster is whole again.
  static let wholeLimit: Duration = .seconds(60)
  /// From a fault until the last cart of a dead node is answered; past it the run goes on, and the verdict says so.
  static let heardLimit: Duration = .seconds(30)
  /// Undisturbed load before the first fault, between faults, and behind the last.
  static let calm: Duration = .seconds(4)

  let cluster: ChaosCluster
  let history: ChaosHistory

  /// Does something to nodes, once `act` is ready for it.
  func fault(_ name: String, _ nodes: [String], _ act: () throws -> Void) async throws {
    let carts = try await cluster.owned(history.look { $0.carts }, by: nodes)
    let at = history.seconds
    try act()
    history.change { book, _ in book.begin(ChaosFault(name, nodes: nodes, at: at, carts: carts)) }
  }

  /// Sends a signal to nodes, as a fault. Their processes of that moment.
  func signal(_ number: Int32, _ nodes: [String], _ name: String) async throws -> [String: Int32] {
    var processes: [String: Int32] = [:]
    try await fault(name, nodes) {
      for node in nodes { processes[node] = try cluster.signal(number, node) }
    }
    return processes
  }

  /// Until the carts of the dead have been answered and the cluster is whole: its nodes as other processes than `old`, where it says so.
  func recovery(from old: [String: Int32] = [:]) async throws {
    _ = try await cluster.eventually(within: Self.heardLimit) { history.look { $0.isEverybodyHeard } }
    let isBack = try await cluster.eventually(within: Self.wholeLimit) {
      let processes = cluster.processes
      return old.allSatisfy { node, process in processes[node].map { $0 != process } ?? false }
    }
    let isWell = try await cluster.eventually(within: Self.wholeLimit) { await cluster.isWell(cluster.nodes) }
    guard isBack, isWell else { throw NotWhole() }
    history.change { book, now in
      book.endFaults(at: now)
      book.note("the cluster is whole again", at: now)
    }
    try await Task.sleep(for: Self.calm)
  }

  /// The cluster did not become whole in time; the verdict says so.
  struct NotWhole: Error {}
}
