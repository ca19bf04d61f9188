// `shopstream node`: one member of the cluster, as a process of its own.

import ArgumentParser
import Troupe

struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node",
    abstract: "Run one node: it keeps entities in memory and answers calls to them.",
    discussion: """
      'shopstream up' starts its nodes this way. By hand it adds a node to a running cluster on this machine, with a \
      certificate of that cluster's CA: it joins through the store and is given its share of the shards.

      EXAMPLE
        shopstream node --id node-2 --port 3201
      """)

  @Option(help: "This node's name: unique in the cluster, and the name in its certificate.")
  var id: String

  @Option(help: "The address that others reach it at.")
  var host = UpPlan.host

  @Option(help: ArgumentHelp("Where its first loop listens; the others follow. 0 takes free ports.", valueName: "port"))
  var port = 0

  @Option(
    help: ArgumentHelp(
      "Where others reach its first loop, the others' ports following, when that is not where it listens: behind a proxy for instance.",
      valueName: "host:port"))
  var advertise: String?

  @Option(help: ArgumentHelp("Event loops, one a core that it may use.", valueName: "count"))
  var loops = 1

  @Flag(help: "Keep each loop on a core of its own. For machines that run nothing else.")
  var pinLoops = false

  @Option(help: "Its share of the shards beside the others'.")
  var weight = 1

  @Option(
    help: ArgumentHelp(
      "The store: sqlite:<directory>, postgres:<connection string> or dynamodb:<table>. Default: SQLite in --data.", valueName: "location"))
  var store: String?

  @Option(
    help: ArgumentHelp(
      "Rules of who may call what, one a line: allow or deny, role/name, kind, method, and perhaps user:ROLE. Default: everybody everything.",
      valueName: "file"))
  var access: String?

  @Option(help: "Whose names count for in whose name a call is made: those that a gateway has signed, or any (unsigned).")
  var identities = IdentityChoice.signed

  @Option(
    help: ArgumentHelp(
      "Public keys (PEM) of those who may sign identities, when they are not those in --data; read again when it changes.",
      valueName: "file"))
  var identityKeys: String?

  @Option(
    help: ArgumentHelp(
      "The version that this node runs, as operators shall see it and as 'shopstream place' knows it. By default the program's own.",
      valueName: "version"))
  var appVersion = Version.text

  @Option(
    help: ArgumentHelp(
      "Load shedding; with 'off' nothing is refused for having waited, and under overload every call ends by its deadline.",
      valueName: "on|off"))
  var overload = Switch.on

  @Option(
    help: ArgumentHelp(
      "Whether bulk calls give way to others; with 'off' they are as any other, and are refused no sooner.", valueName: "on|off"))
  var priorities = Switch.on

  @Option(
    help: ArgumentHelp(
      "Whether shards are moved because of what they cost, when this node is the one that looks after it: the active one with the lowest id.",
      valueName: "on|off"))
  var balance = Switch.on

  @Option(
    help: ArgumentHelp(
      "On SIGTERM the node gives its shards away before it ends; after so long it ends with those that it still has. 0 to end at once.",
      valueName: "seconds"))
  var drainLimit = 20

  @OptionGroup var webhook: WebhookOptions
  @OptionGroup var sinks: SinkOptions
  @OptionGroup var projections: ProjectOptions
  @OptionGroup var archive: ArchiveOptions
  @OptionGroup var process: ProcessOptions

  func run() async throws {
    let service = ServiceProcess(id, process, drainLimit: drainLimit)
    let (node, opened, traces) = try await service.start {
      var configuration = NodeConfiguration(
        cluster: process.cluster, id: id, host: host, port: port, advertise: try advertised(), loops: loops, pinsLoops: pinLoops,
        zone: process.zone, weight: weight, version: appVersion, tls: try process.tls(for: .node(id)))
      if overload == .off { configuration.overload = .off }
      configuration.priorities = priorities == .on
      if balance == .off { configuration.balance = nil }
      configuration.calls = process.calls
      configuration.links = process.links
      configuration.certificatesEvery = process.certificatesEvery
      if let access { configuration.access = try AccessFile.read(access) }
      configuration.identities = try identities.policy(keys: identityKeys, in: process.directory)
      let traces = try TraceLog.open(process.traceLog, logger: service.logger)
      configuration.tracer = traces
      configuration.archive = try archive.open(cluster: process.cluster)
      let webhook = try webhook.open()
      let sinks = try sinks.open()
      let projector = try await projections.open()
      let opened = try await NodeStore.open(store, in: process.directory)
      let node = try await Node.start(configuration, store: opened, log: Log(service.logger)) { registry in
        ShopKinds.register(in: &registry)
        webhook?.subscribe(in: &registry)
        for (group, sink) in sinks { sink.subscribe(group, in: &registry) }
        if let projector { registry.subscribe(projector, to: .carts) }
      }
      return (node, opened, traces)
    }
    service.isReady(at: node.addresses)
    service.onHangUp { try await node.reloadCertificates() }
    Task {
      // A node that was buried alive serves nobody any more and cannot come back but as a new incarnation: a new process.
      let reason = await node.untilStopped()
      if reason != .left { service.fail("\(reason)") }
    }
    var wish = await service.untilItMustStop()
    // What it could not give away goes cold, but flushed, and its heirs wait for the lease.
    if wish == .inOrder, let other = await service.patiently(for: .seconds(drainLimit), { await node.drain() }) { wish = other }
    await node.stop()
    await opened.close()
    traces?.close()
    if wish == .failed { throw ExitCode.failure }
  }

  /// One address for each loop, in the order of their ports.
  func advertised() throws(Refusal) -> [SocketAddress] {
    guard let advertise else { return [] }
    let first = try SocketAddress(argument: advertise)
    guard first.port > 0, loops >= 1, first.port + loops <= 65_536 else {
      throw Refusal("A node of \(loops) loops cannot be reached at \(advertise): it needs as many ports from there on, none of them 0.")
    }
    return (0..<loops).map { SocketAddress(host: first.host, port: first.port + $0) }
  }
}
