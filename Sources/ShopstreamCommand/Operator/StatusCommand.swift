// `shopstream status`: nodes, shards and calls, once or until Ctrl-C.

import ArgumentParser

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the nodes, the shards they own and the calls they run.",
    discussion: """
      Asks any node of the cluster; works while others are down. A shard is a slice of all entities; each has one owner. \
      'no lease' is a node that may not answer just now, 'silent' one that did not.

      With --watch it also shows how much of each node's lease is left, how long ago its last beat was seen, what the other nodes \
      say of it, which shards are on their way, and the last changes of the view. A node's beat comes every 0.3 s; one that is \
      suspected is buried as soon as a second node says so too. Where the output is no terminal, a block is printed at each change.

      EXAMPLES
        shopstream status
        shopstream status --watch
        shopstream status --json | jq '.nodes[].shards'
      """)

  @OptionGroup var options: OperatorOptions

  @Flag(name: .shortAndLong, help: "Draw it anew twice a second, with leases, suspicions and what moves, until Ctrl-C.")
  var watch = false

  func run() async throws {
    guard watch else {
      return try await OperatorConnection.with(options) { show(try await $0.summary(), nil) }
    }
    let directory = try DataDirectory.find(named: options.data)
    // The first connection says what is wrong, if something is; later ones are patient.
    await (try OperatorConnection.open(directory)).close()
    var screen = StatusScreen(isJSON: options.json)
    await ClusterWatch(directory).run(
      every: options.json ? ClusterWatch.interval : StatusScreen.pace, looking: { try await $0.look() }, { screen.show($0) },
      lost: { screen.lost($0) })
  }

  private func show(_ summary: ClusterSummary, _ rates: CallRates?) {
    var terminal = Terminal()
    if options.json { return terminal.say(JSONText.pretty(summary)) }
    StatusTable.lines(summary, rates: rates, style: .forOutput(terminal)).forEach { terminal.say($0) }
  }
}
