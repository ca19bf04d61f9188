// `shopstream hot`: which entities cost most, and who calls them.

import ArgumentParser
import Troupe
import TroupeJSON

struct HotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hot",
    abstract: "Show which entities are called most, what they cost, and who calls them.",
    discussion: """
      Of the last ten seconds, from every sixteenth call: an entity with a few calls a second may not be there. CORE is the part of one \
      core that its turns took.

      EXAMPLES
        shopstream hot
        shopstream hot --limit 5
        shopstream hot --json | jq '.entities[0]'
      """)

  static let limitMaximum = 1_000

  @OptionGroup var options: OperatorOptions

  @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
  var limit = 20

  func validate() throws {
    guard (1...Self.limitMaximum).contains(limit) else { throw ValidationError("--limit is 1 to \(Self.limitMaximum), not \(limit).") }
  }

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let load = try await connection.cluster.load()
      var terminal = Terminal()
      if options.json { return terminal.say(HotTable.json(load, limit: limit).text) }
      HotTable.lines(load, limit: limit).forEach { terminal.say($0) }
    }
  }
}
