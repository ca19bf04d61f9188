// `shopstream shards`: where all shards are, and where they should be.

import ArgumentParser
import Troupe

struct ShardsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shards",
    abstract: "Show where the shards are, and where they should be.",
    discussion: """
      A row a node, or a row a shard with --all. Shards that should be elsewhere are given away by their owners, a few at a time.

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
      (all ? ShardsTable.all(shards) : ShardsTable.byNode(shards)).forEach { terminal.say($0) }
    }
  }
}

struct ShardLine: Encodable {
  let shard: Int
  let owner: String?
  let desired: String?
  let pin: String?

  init(_ place: ShardPlace) {
    (shard, owner, desired, pin) = (place.shard, place.owner, place.desired, place.pin)
  }
}
