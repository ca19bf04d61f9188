// `shopstream explain`: where an entity lives, why there, and what it does.

import ArgumentParser
import Troupe

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show where an entity lives, why there, and what it does.",
    discussion: """
      Its shard, the node that has it and how it came there, where it should be by the hash and by pins, what waits, and its last \
      commits. An entity that does not exist has a place too.

      EXAMPLES
        shopstream explain cart/alice
        shopstream explain cart/alice --json
      """)

  private static let commits = 5

  @OptionGroup var options: OperatorOptions

  @Argument(help: ArgumentHelp("The entity, as kind/id.", valueName: "entity"))
  var entity: EntityAddress

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let kind = try Contracts(kinds: try await connection.cluster.contract()).kind(entity.kind)
      let place = try await connection.cluster.explain(kind: kind.kind, id: entity.id)
      let commits = kind.isDurable ? try await connection.cluster.log(kind: kind.kind, id: entity.id, limit: Self.commits) : []
      let explanation = EntityExplanation(
        entity: entity.description, isDurable: kind.isDurable, place: place, commits: try commits.map { try LogLine($0, kind) })
      var terminal = Terminal()
      if options.json {
        terminal.say(explanation.json.text)
      } else {
        explanation.lines.forEach { terminal.say($0) }
      }
    }
  }
}
