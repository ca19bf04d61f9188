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

  @OptionGroup var process: ProcessOptions

  func run() async throws {
    let service = ServiceProcess(CertificateHolder.gateway.name, process)
    try await service.start {
      let client = try await Client.connect(
        to: try addresses(), cluster: process.cluster, name: CertificateHolder.gateway.name, tls: try process.tls(for: .gateway),
        calls: process.calls, log: Log(service.logger))
      service.onHangUp { try await client.reloadCertificates() }
      try await serve(client.cluster, service)
      await client.close()
    }
  }

  private func serve(_ cluster: Cluster, _ service: ServiceProcess) async throws {
    var configuration = GatewayConfiguration()
    configuration.host = host
    configuration.port = port
    configuration.adminPort = hasNoAdmin ? nil : adminPort
    configuration.opensEntities = entityDoor
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
