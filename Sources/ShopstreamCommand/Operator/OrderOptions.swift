// What all orders to the cluster have in common: they can be tried without being given, and say what moves.

import ArgumentParser
import Troupe

struct OrderOptions: ParsableArguments {
  @Flag(help: "Only say what would move.")
  var dryRun = false

  /// Gives the order, or says what it would do. `nodes` must be in the cluster.
  func give(
    _ setting: ClusterSetting, of nodes: [String], _ outcome: String, _ connection: OperatorConnection, _ options: OperatorOptions
  ) async throws {
    let known = try await connection.summary().nodes.map(\.id)
    if let stranger = nodes.first(where: { !known.contains($0) }) {
      throw Refusal("There is no node '\(stranger)' in the cluster: it has \(known.joined(separator: ", ")).")
    }
    let shards: [ShardPlace]
    do {
      shards = try await connection.cluster.shards(after: setting)
      if !dryRun { try await connection.cluster.set(setting) }
    } catch let error as CallError where error.code == .refused {
      throw Refusal("The cluster refuses: \(error.message).")
    }
    var terminal = Terminal()
    if options.json { return terminal.say(JSONText.pretty(shards.filter(\.moves).map(ShardLine.init))) }
    terminal.say(dryRun ? "If \(outcome), \(ShardsTable.moves(shards))." : "From now on \(outcome); \(ShardsTable.moves(shards)).")
  }
}
