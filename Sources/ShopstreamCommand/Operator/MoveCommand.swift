// `shopstream move`: brings one shard to a node, once.

import ArgumentParser
import Troupe

struct MoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract: "Bring a shard to a node, once.",
    discussion: """
      Pins the shard, waits until the node serves it and all is at rest again, and takes the pin out. The shard stays there until there is \
      a reason to move it: its node leaves, or has more than its share. In return the node gives another shard away, so that the numbers \
      stay as they are. 'shopstream pin' keeps a shard at a node for good.

      After --limit, or at Ctrl-C, the pin is taken out again; what holds the shard is said.

      EXAMPLES
        shopstream move 417 node-2
        shopstream move cart/alice node-2 --dry-run
        shopstream move 417 node-2 --limit 60
      """)

  @OptionGroup var options: OperatorOptions

  @Flag(help: "Only say what would move.")
  var dryRun = false

  @Option(help: ArgumentHelp("How long to wait until the shard is there, in seconds.", valueName: "seconds"))
  var limit = 30.0

  @Argument(help: "A shard's number, or an entity as kind/id.")
  var shard: ShardAddress

  @Argument(help: "The node's id, as 'shopstream status' shows it.")
  var node: String

  func validate() throws {
    guard (1...3_600).contains(limit) else { throw ValidationError("--limit is 1 to 3600 seconds, not \(limit).") }
  }

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let move = ShardMove(shard: try await shard.number(connection), node: node)
      let before = try await connection.cluster.shards()
      let share = try await connection.cluster.versionShare()
      switch move.verdict(before, try await connection.cluster.ringStatus(), share) {
      case .refused(let sentence): throw Refusal(sentence)
      case .there: say(move, "there", from: node, "Shard \(move.shard) is at \(node) already.")
      case .possible(let from): try await order(move, from: from, connection)
      }
    }
  }

  private func order(_ move: ShardMove, from: String?, _ connection: OperatorConnection) async throws {
    let pin = ClusterSetting.pin(shard: move.shard, node: node)
    if dryRun {
      let planned = ShardsTable.moves(try await connection.cluster.shards(after: pin))
      return say(move, "planned", from: from, "To bring shard \(move.shard) to \(node), \(planned).")
    }
    do { try await connection.cluster.set(pin) } catch let error as CallError {
      // An order that the register did not confirm in time may yet be carried out: the one behind it takes it back.
      throw Refusal("The shard is not moved, for the cluster did not take the order: \(error.message).\(await takeBack(move, connection))")
    }
    var terminal = Terminal()
    let end: ArrivalWatch.End
    do {
      end = try await ArrivalWatch(connection: connection, limit: .seconds(limit)).wait(
        for: [move.shard: node], isQuiet: true, { if !options.json, terminal.isInteractive { terminal.draw([$0]) } },
        overruled: { move.overruled($0) })
    } catch {
      // What the cluster is like nobody can say now, but the pin is not to stay.
      throw Refusal("Shard \(move.shard) was ordered to \(node), and then: \(error).\(await takeBack(move, connection))")
    }
    terminal.clear()
    try await finish(move, from: from, end, connection)
  }

  private func finish(_ move: ShardMove, from: String?, _ end: ArrivalWatch.End, _ connection: OperatorConnection) async throws {
    let left = await takeBack(move, connection)
    if case .overruled(let why) = end { throw Refusal("Shard \(move.shard) was not brought to \(node): \(why).\(left)") }
    if !left.isEmpty { throw Refusal(String(left.dropFirst())) }
    switch end {
    case .tooLate(let why):
      throw Refusal("Shard \(move.shard) was not at rest at \(node) after \(Int(limit)) s: \(why). The pin is taken out again.")
    case .interrupted(let why): throw Refusal("Shard \(move.shard) was not at rest at \(node) yet: \(why). The pin is taken out again.")
    case .arrived, .overruled:
      say(move, "moved", from: from, "Shard \(move.shard) is at \(node)\(from.map { ", and was at \($0)" } ?? "").")
    }
  }

  /// Takes the pin out, if it is to this node; a sentence when it may still be there.
  private func takeBack(_ move: ShardMove, _ connection: OperatorConnection) async -> String {
    do {
      try await connection.cluster.set(.release(shard: move.shard, node: node))
      return ""
    } catch {
      return " Shard \(move.shard) may still be pinned to \(node): taking the pin out failed (\(error)). See 'shopstream shards --all'."
    }
  }

  private func say(_ move: ShardMove, _ state: String, from: String?, _ sentence: String) {
    var terminal = Terminal()
    terminal.say(options.json ? JSONText.line(Answer(shard: move.shard, from: from, to: node, state: state)) : sentence)
  }

  private struct Answer: Encodable {
    let shard: Int
    let from: String?
    let to: String
    /// "moved", "there" before anything was done, or "planned".
    let state: String
  }
}
