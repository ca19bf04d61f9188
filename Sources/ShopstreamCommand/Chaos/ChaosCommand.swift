// `shopstream chaos`: real processes that are killed, stopped and moved about under load, and a verdict on what their callers saw.

import ArgumentParser

struct ChaosCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chaos",
    abstract: "Break a running cluster under load, and judge what its callers see.",
    discussion: """
      Real processes, a load at a steady rate that never stops, judges that look at each answer, and a report with plots. \
      'chaos list' says what can be done.

      EXAMPLES
        shopstream chaos list
        shopstream chaos run kill-one
        shopstream chaos run rolling-restart --minutes 10
      """,
    subcommands: [ChaosListCommand.self, ChaosRunCommand.self])
}

struct ChaosListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Show what can be done to a cluster.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var terminal = Terminal()
    guard json else {
      let rows = ChaosScenario.all.map { [$0.name, "\($0.nodes)", $0.needs, $0.summary] }
      return StatusTable.aligned([["NAME", "NODES", "NEEDS", "WHAT HAPPENS"]] + rows, right: [1]).forEach { terminal.say($0) }
    }
    terminal.say(
      JSONText.pretty(
        ChaosScenario.all.map {
          Line(name: $0.name, nodes: $0.nodes, planned: $0.isPlanned, needs: $0.needs, summary: $0.summary)
        }))
  }

  private struct Line: Encodable {
    var name: String
    var nodes: Int
    var planned: Bool
    var needs: String
    var summary: String
  }
}
