// `shopstream topics`: how the groups of consumers are doing, and what they could not take.

import ArgumentParser
import Gateway
import Troupe

struct TopicsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topics",
    abstract: "Show the consumers of the log, and their dead letters.",
    discussion: """
      A group reads a topic in every shard, at least once and in order. What it fails to take eight times becomes a dead letter: \
      listed here, to be sent again or dropped. A group that is cut off wanted records that the log does not have any more; \
      'restart' lets it begin anew with those that are there.

      EXAMPLES
        shopstream topics
        shopstream topics letters webhook
        shopstream topics redrive webhook 17-4711
        shopstream topics restart webhook
      """,
    subcommands: [
      TopicsListCommand.self, LettersCommand.self, RedriveCommand.self, DropLetterCommand.self, RestartGroupCommand.self,
    ],
    defaultSubcommand: TopicsListCommand.self)
}

struct TopicsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Show every group of consumers (the default).")

  @OptionGroup var options: OperatorOptions

  func run() async throws {
    let groups = try await OperatorConnection.with(options) { connection in
      var groups: [GroupLine] = []
      for report in try await connection.cluster.consumers() {
        groups.append(GroupLine(report, letters: try await DeadLetterBox(report.group, connection).count()))
      }
      return groups
    }
    var terminal = Terminal()
    if options.json { return terminal.say(JSONText.pretty(groups)) }
    TopicsTable.lines(groups, style: .forOutput(terminal)).forEach { terminal.say($0) }
  }
}

struct LettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "letters", abstract: "Show what a group could not take.")

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The group, as 'shopstream topics' shows it.")
  var group: String

  @Option(help: ArgumentHelp("How many of the oldest.", valueName: "count"))
  var limit = 50

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let letters = try await DeadLetterBox.open(group, connection).list(limit)
      let kinds = Contracts(kinds: try await connection.cluster.contract())
      var terminal = Terminal()
      let lines = letters.map { LetterLine($0, kinds) }
      if options.json { return terminal.say(LetterLine.json(lines)) }
      guard !lines.isEmpty else { return terminal.say("\(group) has no dead letters.") }
      TopicsTable.letters(lines, style: .forOutput(terminal)).forEach { terminal.say($0) }
    }
  }
}

struct RedriveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redrive", abstract: "Let a group have dead letters once more.",
    discussion: "Each comes under the key of its first time. One that fails again comes back here.")

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The group.")
  var group: String

  @Argument(help: "Letters by their ids; all of them with --all.")
  var letters: [String] = []

  @Flag(help: "Every letter that the group has now, the oldest first.")
  var all = false

  func validate() throws {
    guard all == letters.isEmpty else { throw ValidationError("Name the letters to send again, or say --all.") }
  }

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let box = try await DeadLetterBox.open(group, connection)
      let ids = all ? try await box.list(DeadLetters.limit).map(\.id) : letters
      for id in ids { try await box.redrive(id) }
      var terminal = Terminal()
      terminal.say(options.json ? JSONText.line(["redriven": ids.count]) : "\(ids.count.grouped) sent again to \(group).")
    }
  }
}

struct DropLetterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "drop", abstract: "Forget a dead letter for good.")

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The group.")
  var group: String

  @Argument(help: "The letter's id.")
  var letter: String

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      try await DeadLetterBox.open(group, connection).drop(letter)
      var terminal = Terminal()
      terminal.say(options.json ? JSONText.line(["dropped": letter]) : "\(letter) of \(group) is forgotten.")
    }
  }
}

struct RestartGroupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Let a group take everything once more that the logs still hold.",
    discussion: "For a group that was cut off, or whose results are to be made anew. It gets messages that it has had.")

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The group.")
  var group: String

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let shards = try await connection.cluster.restartConsumers(group)
      guard shards > 0 else { throw Refusal("No node has a group '\(group)'.") }
      var terminal = Terminal()
      terminal.say(
        options.json ? JSONText.line(["shards": shards]) : "\(group) begins anew in \(shards.grouped) shards.")
    }
  }
}
