// `shopstream gateway`: the HTTP doors, as a process of their own.

import ArgumentParser
import Gateway
import ServiceLifecycle
import Troupe

struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Run a gateway: HTTP in, calls to entities out.",
    discussion: """
      'shopstream up' starts its gateway this way. It owns nothing: any number of them may stand side by side. It finds the \
      nodes by --node, or by what 'up' left in --data.

      EXAMPLE
        shopstream gateway --port 3001 --no-admin
      """)

  @Option(help: "The address of its listeners.")
  var host = UpPlan.host

  @Option(help: ArgumentHelp("The shop's own API, landing page, health and metrics; 0 takes a free port.", valueName: "port"))
  var port = 3000

  @Option(help: ArgumentHelp("The operators' listener; 0 takes a free port.", valueName: "port"))
  var adminPort = 3100

  @Flag(name: .customLong("no-admin"), help: "Open no operators' listener.")
  var hasNoAdmin = false

  @Flag(help: "Open the door to entities of any kind on the operators' listener. Whoever reaches that port may call everything.")
  var entityDoor = false

  @Option(help: ArgumentHelp("A node to begin with; may be given more than once.", valueName: "host:port"))
  var node: [String] = []

  @Option(
    help: ArgumentHelp(
      "The private key (PEM, Ed25519) that signs in whose name calls are made, when it is not the one in --data; read again on SIGHUP.",
      valueName: "file"))
  var identityKey: String?

  @Flag(help: "FOR DEVELOPMENT ALONE: believe the header X-Shopstream-As, so that whoever reaches the gateway is whom he likes.")
  var development = false

  @Option(
    help: ArgumentHelp("Of the requests without a traceparent, the share that begins a sampled trace: 0 to 1.", valueName: "ratio"))
  var traceRatio = 0.0

  @OptionGroup var process: ProcessOptions

  func validate() throws {
    guard (0...1).contains(traceRatio) else { throw ValidationError("--trace-ratio is 0 to 1, not \(traceRatio).") }
  }

  func run() async throws {
    let service = ServiceProcess(CertificateHolder.gateway.name, process)
    try await service.start {
      let traces = try TraceLog.open(process.traceLog, logger: service.logger)
      let client = try await Client.connect(
        to: try addresses(), cluster: process.cluster, name: CertificateHolder.gateway.name, tls: try process.tls(for: .gateway),
        calls: process.calls, links: process.links, zone: process.zone, certificatesEvery: process.certificatesEvery, tracer: traces,
        log: Log(service.logger))
      let issuer = try IdentityKeyFiles(process.directory).issuer(key: identityKey, cluster: process.cluster)
      service.onHangUp {
        try await client.reloadCertificates()
        try issuer?.reload()
      }
      try await serve(client.cluster, issuer, service, traces)
      await client.close()
      traces?.close()
    }
  }

  private func serve(
    _ cluster: Cluster, _ issuer: IdentityIssuer?, _ service: ServiceProcess, _ traces: TraceLog?
  ) async throws {
    var configuration = GatewayConfiguration()
    configuration.host = host
    configuration.port = port
    configuration.adminPort = hasNoAdmin ? nil : adminPort
    configuration.opensEntities = entityDoor
    configuration.identities = issuer
    configuration.isDevelopment = development
    configuration.tracing.tracer = traces
    configuration.tracing.ratio = traceRatio
    let gateway = Gateway(configuration, cluster: cluster, logger: service.logger) { [host] port, adminPort in
      service.isReady(at: [port, adminPort].compactMap { $0.map { "\(host):\($0)" } })
    }
    let group = ServiceGroup(configuration: .init(services: [gateway], logger: service.logger))
    let stopping = Task {
      _ = await service.untilItMustStop()
      await group.triggerGracefulShutdown()
    }
    defer { stopping.cancel() }
    try await group.run()
  }

  private func addresses() throws(Refusal) -> [SocketAddress] {
    let texts = node.isEmpty ? try ClusterFile.read(from: process.directory).nodes.compactMap(\.addresses.first) : node
    return try texts.map { text throws(Refusal) in try SocketAddress(argument: text) }
  }
}
