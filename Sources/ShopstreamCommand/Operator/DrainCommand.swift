// `shopstream drain`: move everything off a node, so that it can be stopped without anybody noticing.

import ArgumentParser

struct DrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Move every shard off a node, so that it can be stopped.",
    discussion: """
      The other nodes take its shards over a few at a time while calls go on; none fails because of it. Then the node leaves \
      the cluster. Its process keeps running, without any work, and joins again when it is started anew.

      EXAMPLE
        shopstream drain node-2
      """)

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The node's id, as 'shopstream status' shows it.")
  var node: String

  @Option(help: ArgumentHelp("How long to wait until it owns nothing, in seconds.", valueName: "seconds"))
  var within = 60.0

  @Flag(help: "Do not wait; only tell the cluster.")
  var noWait = false

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      var terminal = Terminal()
      guard let before = try await connection.summary().nodes.first(where: { $0.id == node }) else {
        let known = try await connection.summary().nodes.map(\.id).joined(separator: ", ")
        throw Refusal("There is no node '\(node)' in the cluster: it has \(known).")
      }
      try await connection.cluster.drain(node)
      if noWait { return terminal.say(line("\(node) is being drained of \(before.shards.grouped) shards.", left: before.shards)) }
      let left = try await wait(connection, &terminal)
      guard left == 0 else {
        throw Refusal("\(node) still owns \(left.grouped) shards after \(Int(within)) s; it goes on giving them away.")
      }
      terminal.say(line("\(node) owns nothing any more.", left: 0))
    }
  }

  /// Shards that it owns at the end; none when it has left the cluster altogether.
  private func wait(_ connection: OperatorConnection, _ terminal: inout Terminal) async throws -> Int {
    let start = ContinuousClock.now
    var left = Int.max
    while left > 0, .now - start < .seconds(within) {
      left = try await connection.summary().nodes.first { $0.id == node }?.shards ?? 0
      guard left > 0 else { break }
      if !options.json { terminal.draw(["\(node): \(left.grouped) shards left"]) }
      try await Task.sleep(for: ClusterWatch.interval / 4)
    }
    terminal.clear()
    return left
  }

  private func line(_ sentence: String, left: Int) -> String {
    options.json ? JSONText.line(Answer(node: node, shardsLeft: left)) : sentence
  }

  private struct Answer: Encodable {
    var node: String
    var shardsLeft: Int
  }
}
