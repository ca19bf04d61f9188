// The gateway: two HTTP listeners in front of a cluster. It owns no state; any number of them may stand side by side.
// `shopstream gateway` and `shopstream up` make one; tests make one with a made-up cluster.

import Hummingbird
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import Troupe

/// Where a gateway listens and what it opens there.
public struct GatewayConfiguration: Sendable {
  /// The address of both listeners. Default: loopback, where only programs of this machine reach it.
  public var host = "127.0.0.1"
  /// The public listener: carts, landing page, health, metrics. 0 takes a free port.
  public var port = 3000
  /// The admin listener: health, metrics, and the page that shows the ring, links, breakers, consumers and sagas; nil opens none. It asks nobody who he is: keep it off networks that others share.
  public var adminPort: Int? = 3100
  /// Opens the JSON door on the admin listener: every method of every entity, callable by whoever reaches the port.
  public var opensEntities = false
  /// Signs in whose name calls are made; without one they are made in nobody's.
  public var identities: IdentityIssuer?
  /// Believes the header X-Shopstream-As. Whoever reaches the gateway is then whoever he likes.
  public var isDevelopment = false
  public var limits = GatewayLimits()
  public var tracing = GatewayTracing()

  public init() {}
}

/// Two listeners in front of a cluster.
///
/// ```swift
/// let client = try await Client.connect(to: addresses, cluster: "dev", name: "gateway", tls: tls)
/// let gateway = Gateway(configuration, cluster: client.cluster, logger: logger)
/// try await gateway.run()  // until the task is cancelled or the service group stops
/// ```
public struct Gateway: Service {
  public let configuration: GatewayConfiguration
  private let door: any ClusterDoor
  private let carts: any CartDoor
  private let workDoor: any WorkDoor
  private let logger: Logger
  private let metrics = GatewayMetrics()
  private let registry: PrometheusRegistry
  let pulse: ClusterPulse
  let transport: TransportWatch
  let work: WorkWatch
  let ring: RingWatch
  /// Told the ports once both listeners accept: what was asked for, or what 0 became.
  private let started: @Sendable (_ port: Int, _ adminPort: Int?) async -> Void

  /// - Parameter registry: what `/metrics` shows beside the gateway's own: links, breakers, budgets and queues, and what others of this
  ///   process write to it. The same figures go to the backend that `MetricsSystem` was bootstrapped with, if it was.
  public init(
    _ configuration: GatewayConfiguration, door: any ClusterDoor, carts: any CartDoor, work: any WorkDoor, logger: Logger,
    registry: PrometheusRegistry = PrometheusRegistry(),
    started: @escaping @Sendable (_ port: Int, _ adminPort: Int?) async -> Void = { _, _ in }
  ) {
    self.configuration = configuration
    self.door = door
    self.carts = carts
    workDoor = work
    self.work = WorkWatch(work)
    ring = RingWatch(door)
    self.logger = logger
    self.started = started
    self.registry = registry
    pulse = ClusterPulse(door, logger: logger)
    // A registry that is the process's backend as well counts everything once.
    let isBackend = (MetricsSystem.factory as? PrometheusRegistry) === registry
    transport = TransportWatch(
      door, factory: isBackend ? registry : MultiplexMetricsHandler(factories: [registry, MetricsSystem.factory]))
  }

  /// Open streams of the live page.
  var liveStreams: Int { metrics.snapshot.liveStreams }

  /// Serves until the task is cancelled or shut down gracefully: then it stops accepting, finishes what is running, and returns.
  ///
  /// - Throws: when a port cannot be had. Nothing is left running then.
  public func run() async throws {
    let started = started
    let ports = StartedPorts(expected: configuration.adminPort == nil ? 1 : 2) { await started($0[.open] ?? 0, $0[.admin]) }
    var services: [any Service] = [pulse, transport, application { await ports.report(.open, $0) }]
    if let admin = adminApplication(onStart: { await ports.report(.admin, $0) }) { services.append(admin) }
    try await ServiceGroup(configuration: .init(services: services, logger: logger)).run()
  }

  /// The public listener.
  func application(onStart: @escaping @Sendable (Int) async -> Void = { _ in }) -> some ApplicationProtocol {
    var routes = Routes()
    LandingRoutes(pulse: pulse, metrics: metrics, limits: configuration.limits).add(to: &routes)
    HealthRoutes(pulse: pulse, metrics: metrics, transport: transport, work: work, registry: registry).add(to: &routes)
    CartRoutes(carts: carts, callers: callers, limits: configuration.limits).add(to: &routes)
    let paths = routes.paths
    let router = routes.router {
      $0.add(middleware: MetricsMiddleware(metrics))
      $0.add(middleware: TraceMiddleware(configuration.tracing))
      $0.add(middleware: ProblemMiddleware(paths: paths, limits: configuration.limits))
    }
    return listener(router, port: configuration.port, onStart)
  }

  /// The admin listener; nil where the configuration opens none.
  func adminApplication(onStart: @escaping @Sendable (Int) async -> Void = { _ in }) -> (some ApplicationProtocol)? {
    guard let port = configuration.adminPort else { return nil as Application<RouterResponder<GatewayContext>>? }
    var routes = Routes()
    HealthRoutes(pulse: pulse, metrics: metrics, transport: transport, work: work, registry: registry).add(to: &routes)
    AdminRoutes(
      pulse: pulse, transport: transport, work: work, ring: ring, metrics: metrics, limits: configuration.limits,
      opensEntities: configuration.opensEntities
    ).add(to: &routes)
    WorkRoutes(
      door: workDoor, work: work, pulse: pulse, contracts: ContractCache(door), callers: callers, limits: configuration.limits
    ).add(to: &routes)
    if configuration.opensEntities { EntityRoutes(door: door, callers: callers, limits: configuration.limits).add(to: &routes) }
    let paths = routes.paths
    let router = routes.router {
      $0.add(middleware: MetricsMiddleware(metrics))
      $0.add(middleware: TraceMiddleware(configuration.tracing))
      $0.add(middleware: ProblemMiddleware(paths: paths, limits: configuration.limits))
      $0.add(middleware: OwnPagesOnly())
    }
    return listener(router, port: port, onStart)
  }

  private var callers: CallerNames {
    CallerNames(issuer: configuration.identities, isDevelopment: configuration.isDevelopment, limits: configuration.limits)
  }

  private func listener(
    _ router: Router<GatewayContext>, port: Int, _ onStart: @escaping @Sendable (Int) async -> Void
  ) -> Application<RouterResponder<GatewayContext>> {
    let limits = configuration.limits
    let metrics = metrics
    var configuration = ApplicationConfiguration(
      address: .hostname(configuration.host, port: port), backlog: limits.backlog,
      availableConnectionsDelegate: .maximum(limits.connections, logger: logger))
    configuration.reuseAddress = true
    return Application(
      responder: router.buildResponder(),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [RequestGuard(limits: limits, metrics: metrics)],
          idleTimeout: TimeAmount(duration: limits.idleTime),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: limits.headerFieldBytes, maxHeaderListSize: limits.headBytes, maxHeaderFieldCount: limits.headerCount))),
      configuration: configuration,
      onServerRunning: { await onStart($0.localAddress?.port ?? port) },
      logger: logger)
  }
}

extension Gateway {
  /// A gateway in front of a real cluster.
  public init(
    _ configuration: GatewayConfiguration, cluster: Cluster, logger: Logger,
    started: @escaping @Sendable (_ port: Int, _ adminPort: Int?) async -> Void = { _, _ in }
  ) {
    self.init(configuration, door: cluster, carts: ClusterCarts(cluster), work: ClusterWork(cluster), logger: logger, started: started)
  }
}

/// Waits for every listener before it says where they are.
private actor StartedPorts {
  enum Listener { case open, admin }

  private var ports: [Listener: Int] = [:]
  private let expected: Int
  private let report: @Sendable ([Listener: Int]) async -> Void

  init(expected: Int, _ report: @escaping @Sendable ([Listener: Int]) async -> Void) {
    self.expected = expected
    self.report = report
  }

  func report(_ listener: Listener, _ port: Int) async {
    ports[listener] = port
    if ports.count == expected { await report(ports) }
  }
}
