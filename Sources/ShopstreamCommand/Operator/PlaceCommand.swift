// `shopstream place`: a share of the shards on nodes of one version, to try it with a part of the entities.

import ArgumentParser
import Troupe

struct PlaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "place",
    abstract: "Place a share of the shards on nodes of one version.",
    discussion: """
      Nodes say which version they run ('shopstream node --app-version'). Those of VERSION then share PERCENT of the shards, the others the \
      rest; which shards these are depends on the version alone, so a larger share has the shards of the smaller one and more. Give the \
      order before the first node of the new version starts: it gets its share from the beginning. As long as only one side has nodes \
      that may own shards, they own all of them: nothing is lost when the new version's nodes die. Without arguments it says what holds.

      EXAMPLES
        shopstream place 2.1 5 --dry-run
        shopstream place 2.1 5
        shopstream place 2.1 25
        shopstream place 2.1 0             nothing stays on the new version
        shopstream place --off             versions do not matter any more
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var order: OrderOptions

  @Argument(help: "A version, as nodes give it.")
  var version: String?

  @Argument(help: "0 to 100, of all shards.")
  var percent: Int?

  @Flag(help: "Place shards whatever versions nodes run.")
  var off = false

  func validate() throws {
    guard off ? version == nil : (version == nil) == (percent == nil) else {
      throw ValidationError("Give a version and a percentage, or --off, or nothing to see what holds.")
    }
    if let percent, !(0...100).contains(percent) { throw ValidationError("A share is 0 to 100 percent, not \(percent).") }
    if order.dryRun, !off, version == nil { throw ValidationError("--dry-run needs an order: a version and a percentage, or --off.") }
  }

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      if off { return try await order.give(.placeAnywhere, of: [], "versions do not matter for placement", connection, options) }
      guard let version, let percent else { return try await show(connection) }
      try await order.give(
        .place(version: version, percent: percent), of: [], "\(percent) % of the shards belong to version \(version)", connection, options)
      // The order stands: what else there is to say must not fail it.
      guard !options.json, let nodes = try? await connection.cluster.ringStatus().nodes else { return }
      let able = nodes.filter { $0.state == "active" && $0.weight > 0 }
      if let sentence = VersionTrial.missing(version, among: Set(able.map(\.version))) {
        var terminal = Terminal()
        terminal.say(sentence)
      }
    }
  }

  private func show(_ connection: OperatorConnection) async throws {
    let share = try await connection.cluster.versionShare()
    var terminal = Terminal()
    if options.json { return terminal.say(JSONText.pretty(Answer(share))) }
    terminal.say((share.map(VersionTrial.line) ?? "Shards are placed whatever versions nodes run") + ".")
  }

  private struct Answer: Encodable {
    let version: String?
    let percent: Int?
    let shards: Int?
    let inForce: Bool

    init(_ share: VersionShare?) {
      (version, percent, shards) = (share?.version, share?.percent, share?.shards)
      inForce = share?.isInForce ?? false
    }
  }
}
