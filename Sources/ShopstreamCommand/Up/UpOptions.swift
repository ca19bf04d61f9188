// What can be said to `up`, with its limits.

import ArgumentParser
import Troupe

struct UpOptions: ParsableArguments {
  /// A development machine's worth: certificates, ports and a terminal's height.
  static let nodeLimit = 16
  static let loopLimit = 64

  @Option(help: ArgumentHelp("How many nodes to start.", valueName: "count"))
  var nodes = 3

  @Option(help: ArgumentHelp("Where the gateway listens for the shop's own API; 0 takes a free port.", valueName: "port"))
  var port = 3000

  @Option(
    help: ArgumentHelp("Where the gateway listens for operators: entities of any kind, metrics; 0 takes a free port.", valueName: "port"))
  var adminPort = 3100

  @Option(help: ArgumentHelp("The first node's port; the others follow. 0 takes free ports.", valueName: "port"))
  var nodePort = 3200

  @Option(help: ArgumentHelp("Keeps certificates, logs and data; made when it is not there.", valueName: "directory"))
  var data = DataDirectory.defaultName

  @Option(
    help: ArgumentHelp(
      "Where the nodes keep the register and their logs: sqlite:<directory>, postgres:<connection string> or dynamodb:<table>. Default: SQLite in --data.",
      valueName: "location"))
  var store: String?

  @Option(help: ArgumentHelp("Event loops a node, one a core that it may use.", valueName: "count"))
  var loops = 1

  @Option(help: "Whose names nodes take for in whose name a call is made: those that the gateway has signed, or any (unsigned).")
  var identities = IdentityChoice.signed

  @Option(help: ArgumentHelp("Where all of it stands; a node or gateway of another zone may be added by hand.", valueName: "name"))
  var zone = ""

  @Option(
    help: ArgumentHelp(
      "Whether its processes compress what they send: to peers of another zone (auto), to all, or to none.", valueName: "auto|on|off"))
  var compress = CompressionChoice.auto

  @Option(help: ArgumentHelp("Whether nodes exchange shards because of what they cost.", valueName: "on|off"))
  var balance = Switch.on

  @Option(
    help: ArgumentHelp(
      "Each process writes its sampled spans to a file in it, as OTLP's JSON: node-1.jsonl, gateway.jsonl.", valueName: "directory"))
  var traceLog: String?

  @Option(
    help: ArgumentHelp(
      "With --trace-log: of the requests without a traceparent, the share that begins a sampled trace: 0 to 1.", valueName: "ratio"))
  var traceRatio = 1.0

  @OptionGroup var webhook: WebhookOptions
  @OptionGroup var sinks: SinkOptions
  @OptionGroup var projections: ProjectOptions
  @OptionGroup var archive: ArchiveOptions

  @Flag(help: "Print one JSON object a line instead of text.")
  var json = false

  func validate() throws {
    guard (1...Self.nodeLimit).contains(nodes) else { throw ValidationError("--nodes is 1 to \(Self.nodeLimit), not \(nodes).") }
    guard (1...Self.loopLimit).contains(loops) else { throw ValidationError("--loops is 1 to \(Self.loopLimit), not \(loops).") }
    for (option, port) in [("--port", port), ("--admin-port", adminPort), ("--node-port", nodePort)] {
      guard (0...65_535).contains(port) else { throw ValidationError("\(option) is 0 to 65535, not \(port).") }
    }
    guard (0...1).contains(traceRatio) else { throw ValidationError("--trace-ratio is 0 to 1, not \(traceRatio).") }
    guard traceLog != "" else { throw ValidationError("--trace-log needs the name of a directory.") }
    if let store, StoreLocation(store) == nil { throw ValidationError("--store needs \(NodeStore.forms).") }
    guard !data.isEmpty else { throw ValidationError("--data needs the name of a directory.") }
  }
}
