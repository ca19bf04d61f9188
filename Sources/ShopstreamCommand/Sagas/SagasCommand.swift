// `shopstream sagas`: workflows that are under way, those that need a person first, and what a person can do for one.

import ArgumentParser
import Gateway
import Troupe

struct SagasCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sagas",
    abstract: "Show workflows that are under way, and help those that are stuck.",
    discussion: """
      A saga does its steps, or undoes those that it did. One whose undo fails as often as it may is STUCK: it is tried again \
      once an hour, or at once with 'resume'. What was undone by hand is passed over.

      EXAMPLES
        shopstream sagas
        shopstream sagas resume checkout/o-81
        shopstream sagas turn-back checkout/o-81 --reason "the customer called"
        shopstream sagas pass-over checkout/o-81
      """,
    subcommands: [
      SagasListCommand.self, ResumeSagaCommand.self, TurnBackCommand.self, PassOverCommand.self,
    ],
    defaultSubcommand: SagasListCommand.self)
}

struct SagasListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Show every saga that is under way (the default).")

  @OptionGroup var options: OperatorOptions

  @Flag(help: "Only those that are stuck.")
  var stuck = false

  func run() async throws {
    let sagas = try await OperatorConnection.with(options) { try await $0.cluster.sagas() }.filter { !stuck || $0.isStuck }
    var terminal = Terminal()
    if options.json { return terminal.say(SagasTable.json(sagas)) }
    SagasTable.lines(sagas, style: .forOutput(terminal)).forEach { terminal.say($0) }
  }
}

struct ResumeSagaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "resume", abstract: "Try a saga's step at hand again at once.")

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The saga, as flow/id.")
  var saga: String

  func run() async throws {
    try await SagaOrder.give(saga, options, "\(saga) tries again.") { try await $0.resume() }
  }
}

struct TurnBackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "turn-back", abstract: "Let a saga undo what it has done.")

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The saga, as flow/id.")
  var saga: String

  @Option(help: "Why; it stands with the saga for ever.")
  var reason: String

  func run() async throws {
    try await SagaOrder.give(saga, options, "\(saga) undoes what it did.") { try await $0.turnBack(reason) }
  }
}

struct PassOverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pass-over", abstract: "Go on as if the step at hand had been undone, because somebody has done it by hand.")

  @OptionGroup var options: OperatorOptions

  @Argument(help: "The saga, as flow/id.")
  var saga: String

  func run() async throws {
    try await SagaOrder.give(saga, options, "\(saga) goes on.") { try await $0.passOver() }
  }
}

/// An order to one saga, with sentences for what can go wrong.
enum SagaOrder {
  static func give(_ id: String, _ options: OperatorOptions, _ done: String, _ order: @Sendable (Sagas.Ref) async throws -> Void)
    async throws
  {
    try await OperatorConnection.with(options) { connection in
      let kinds = try await connection.cluster.contract().map(\.kind)
      guard kinds.contains(Sagas.kind) else { throw Refusal("No node of this cluster runs sagas.") }
      let saga = connection.cluster.entity(Sagas.self, id)
      guard try await saga.status().phase != .none else {
        throw Refusal("There is no saga '\(id)': 'shopstream sagas' lists those under way.")
      }
      do {
        try await order(saga)
      } catch Sagas.Failure.notNow(let why) {
        throw Refusal("\(id): \(why).")
      }
      var terminal = Terminal()
      terminal.say(options.json ? JSONText.line(["saga": id]) : done)
    }
  }
}
