// `shopstream links`: how the processes of a cluster speak with each other, and what keeps them from it.

import ArgumentParser
import Gateway
import Troupe

struct LinksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "links",
    abstract: "Show links, circuit breakers, retry budgets and queues.",
    discussion: """
      Asks every node, and through them the gateways. Breakers that hold calls back come first: OPEN lets nothing through until \
      its next probe, HALF-OPEN waits for one. They open at the side that calls, so the first column says who does not call whom. \
      An arrow → marks links that a process has dialled, ← those that others did. A link between two processes that both \
      answer is listed once; of a single process, all are.

      EXAMPLES
        shopstream links
        shopstream links node-2
        shopstream links --watch
        shopstream links --json | jq '.processes[].breakers'
      """)

  @OptionGroup var options: OperatorOptions

  @Argument(help: "Only this process: a node's id, or a gateway's name.")
  var process: String?

  @Flag(name: .shortAndLong, help: "Draw it anew every second, until Ctrl-C.")
  var watch = false

  func run() async throws {
    guard watch else {
      let status = try await OperatorConnection.with(options) { try await look($0) }
      var terminal = Terminal()
      if options.json { return terminal.say(try status.json().text) }
      LinksTable.lines(status, style: .forOutput(terminal)).forEach { terminal.say($0) }
      return
    }
    let directory = try DataDirectory.find(named: options.data)
    // The first look says what is wrong, if something is; later ones are patient.
    _ = try await OperatorConnection.with(options) { try await look($0) }
    var terminal = Terminal()
    let style = TextStyle.forOutput(terminal)
    await ClusterWatch(directory).run(looking: look) { status in
      if options.json {
        (try? status.json()).map { terminal.say($0.text) }
      } else if terminal.isInteractive {
        terminal.draw(LinksTable.lines(status, style: style, linkLimit: LinksTable.watchedLinks))
      } else {
        terminal.say("\(TimeOfDay.now)  \(LinksTable.headline(status))")
      }
    }
  }

  @Sendable private func look(_ connection: OperatorConnection) async throws -> TransportStatus {
    let status = try await connection.cluster.transportStatus()
    guard !status.processes.isEmpty else {
      throw Refusal("No node answered: \(status.silent.map { "\($0.name): \($0.reason)" }.joined(separator: "; "))".sentence)
    }
    return try process.map { name throws(Refusal) in try Self.only(name, of: status) } ?? status
  }

  static func only(_ name: String, of status: TransportStatus) throws(Refusal) -> TransportStatus {
    let found = TransportStatus(
      processes: status.processes.filter { $0.name == name }, silent: status.silent.filter { $0.name == name })
    guard found.processes.isEmpty, found.silent.isEmpty else { return found }
    let known = (status.processes.map(\.name) + status.silent.map(\.name)).sorted().joined(separator: ", ")
    throw Refusal("There is no process '\(name)' in the cluster: it has \(known).")
  }
}
