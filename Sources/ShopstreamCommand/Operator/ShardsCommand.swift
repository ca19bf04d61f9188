// `shopstream shards`: where all shards are, and where they should be.

import ArgumentParser
import Troupe

struct ShardsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shards",
    abstract: "Show where the shards are, and where they should be.",
    discussion: """
      A row a node, or a row a shard with --all. Shards that should be elsewhere are given away by their owners, a few at a time. \
      CALLS/S and CORES are of the last ten seconds; CORES is the part of a core that turns took.

      EXAMPLES
        shopstream shards
        shopstream shards --all
        shopstream shards --json
      """)

  @OptionGroup var options: OperatorOptions

  @Flag(help: "A row a shard.")
  var all = false

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let shards = try await connection.cluster.shards()
      var terminal = Terminal()
      if options.json { return terminal.say(JSONText.pretty(shards.map(ShardLine.init))) }
      // Without it the table is as good, but for two columns.
      let load = try? await connection.cluster.load(within: .seconds(2))
      (all ? ShardsTable.all(shards, load) : ShardsTable.byNode(shards, load)).forEach { terminal.say($0) }
      if let share = try await connection.cluster.versionShare() { terminal.say("\(VersionTrial.line(share)).") }
    }
  }
}

struct ShardLine: Encodable {
  let shard: Int
  let owner: String?
  let desired: String?
  let pin: String?
  /// Where the balancer wants it for now.
  let wish: String?
  /// Whether it belongs to the version that is tried; absent while placement goes by no version.
  let onTrial: Bool?

  init(_ place: ShardPlace) {
    (shard, owner, desired, pin) = (place.shard, place.owner, place.desired, place.pin)
    (wish, onTrial) = (place.wish, place.isOnTrial)
  }
}
