// `shopstream entities`: which there are of a kind, or which kinds there are.

import ArgumentParser
import Troupe

struct EntitiesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entities",
    abstract: "List the entities of a kind, or the kinds.",
    discussion: """
      In order of their ids. Without a kind it lists the kinds with their methods.

      EXAMPLES
        shopstream entities
        shopstream entities cart --limit 20
        shopstream entities cart --after bob
      """)

  static let limitMaximum = 1_000

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The kind, for example cart.")
  var kind: String?

  @Option(help: ArgumentHelp("Begin behind this id.", valueName: "id"))
  var after: String?

  @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
  var limit = 100

  func validate() throws {
    guard (1...Self.limitMaximum).contains(limit) else { throw ValidationError("--limit is 1 to \(Self.limitMaximum), not \(limit).") }
  }

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let contracts = Contracts(kinds: try await connection.cluster.contract())
      guard let kind else { return showKinds(contracts) }
      let known = try contracts.kind(kind)
      let ids = try await connection.cluster.entities(kind: known.kind, after: after, limit: limit)
      var terminal = Terminal()
      if options.json { return terminal.say(JSONText.pretty(ids)) }
      ids.forEach { terminal.say($0) }
    }
  }

  private func showKinds(_ contracts: Contracts) {
    var terminal = Terminal()
    if options.json {
      let kinds = contracts.kinds.map { KindLine(kind: $0.kind, durable: $0.isDurable, methods: $0.methods.map(\.signature)) }
      return terminal.say(JSONText.pretty(kinds))
    }
    let rows = contracts.kinds.map { [$0.kind, $0.isDurable ? "durable" : "volatile", $0.methods.map(\.signature).joined(separator: " ")] }
    StatusTable.aligned([["KIND", "STATE", "METHODS"]] + rows).forEach { terminal.say($0) }
  }

  private struct KindLine: Encodable {
    var kind: String
    var durable: Bool
    var methods: [String]
  }
}
