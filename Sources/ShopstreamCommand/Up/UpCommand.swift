// `shopstream up`: a whole cluster on this machine, from nothing.

import ArgumentParser
import Foundation

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Start a cluster on this machine: nodes, a gateway and all they need.",
    discussion: """
      Makes a development CA and certificates on the spot, starts the nodes and the gateway as processes of their own, and \
      shows how they do until Ctrl-C stops them in order. A process that dies is started again. What was written is there \
      again at the next 'up' in the same directory.

      EXAMPLES
        shopstream up                  three nodes, http://127.0.0.1:3000
        shopstream up --nodes 5        five nodes
        shopstream up --port 0 --json  any free port; it says which
      """)

  @OptionGroup var options: UpOptions

  func run() async throws {
    let (plan, lock, made) = try Preflight.run(options)
    var screen = UpScreen(isJSON: options.json)
    for sentence in made where options.json == false { screen.note(sentence) }
    let supervisor = Supervisor(plan, screen: screen)
    let signals = StopSignals { _ in supervisor.stop() }
    defer { signals.cancel() }
    // The lock is ours until nothing runs any more, however that comes about.
    defer { withExtendedLifetime(lock) {} }
    try await supervisor.run()
  }
}
