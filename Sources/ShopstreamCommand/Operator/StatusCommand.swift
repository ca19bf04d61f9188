// `shopstream status`: nodes, shards and calls, once or until Ctrl-C.

import ArgumentParser

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the nodes, the shards they own and the calls they run.",
    discussion: """
      Asks any node of the cluster; works while others are down. A shard is a slice of all entities; each has one owner. \
      'no lease' is a node that may not answer just now, 'silent' one that did not.

      EXAMPLES
        shopstream status
        shopstream status --watch
        shopstream status --json | jq '.nodes[].shards'
      """)

  @OptionGroup var options: OperatorOptions

  @Flag(name: .shortAndLong, help: "Draw it anew every second, until Ctrl-C.")
  var watch = false

  func run() async throws {
    guard watch else {
      return try await OperatorConnection.with(options) { show(try await $0.summary(), nil) }
    }
    let directory = try DataDirectory.find(named: options.data)
    // The first connection says what is wrong, if something is; later ones are patient.
    await (try OperatorConnection.open(directory)).close()
    var terminal = Terminal()
    var rates = CallRates()
    let style = TextStyle.forOutput(terminal)
    await ClusterWatch(directory).run { summary in
      rates.read(summary, at: .now)
      if options.json {
        terminal.say(JSONText.line(summary))
      } else if terminal.isInteractive {
        terminal.draw(StatusTable.lines(summary, rates: rates, style: style))
      } else {
        terminal.say("\(TimeOfDay.now)  \(PlainStatus.line(summary, rates: rates))")
      }
    }
  }

  private func show(_ summary: ClusterSummary, _ rates: CallRates?) {
    var terminal = Terminal()
    if options.json { return terminal.say(JSONText.pretty(summary)) }
    StatusTable.lines(summary, rates: rates, style: .forOutput(terminal)).forEach { terminal.say($0) }
  }
}
