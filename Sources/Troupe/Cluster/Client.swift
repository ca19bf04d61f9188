// A process that calls entities and owns none: a gateway, a command line, a bench.

/// A connection to a cluster. It learns the view from a node, calls each shard's owner straight, and follows when shards move.
///
/// ```swift
/// let client = try await Client.connect(to: [SocketAddress("127.0.0.1:7000")!], cluster: "shop", name: "g1", tls: tls)
/// let lines = try await client.cluster.entity(Cart.self, "alice").contents()
/// ```
public final class Client: Sendable {
  /// How often it asks for the view without being told of a newer one.
  static let refresh: Duration = .seconds(1)
  static let askLimit: Duration = .seconds(2)

  public let cluster: Cluster
  private let loops: [any EventLoop]
  private let follower: LoopBound<ViewFollower>
  private let beats: LoopBound<BeatFollower>
  private let security: LoopBound<SecurityWatch>?

  private init(
    cluster: Cluster, loops: [any EventLoop], follower: LoopBound<ViewFollower>, beats: LoopBound<BeatFollower>,
    security: LoopBound<SecurityWatch>?
  ) {
    self.security = security
    self.beats = beats
    self.cluster = cluster
    self.loops = loops
    self.follower = follower
  }

  /// Connects to any of `seeds` and returns once it has seen the cluster's view.
  ///
  /// - Parameters:
  ///   - role: what its certificate says it is.
  ///   - loops: event loops of its own, 1 for most.
  ///   - calls: retries, breakers and hedges of the calls that it makes.
  ///   - links: how long its links live, what they bear and offer, and which of them compress what it sends.
  ///   - zone: where it stands: its links to nodes of other zones compress, unless `links` says otherwise. Empty when it does not say.
  ///   - certificatesEvery: how often the files behind `tls` are looked at; nil: only by `reloadCertificates()`.
  ///   - tracer: who hears of sampled calls.
  /// - Throws: `StartError` when nobody answers within `limit`, with the reason of the last attempt.
  public static func connect(
    to seeds: [SocketAddress], cluster: String, name: String, role: PeerRole = .gateway, tls: TLSContext?, loops count: Int = 1,
    calls: CallPolicy = CallPolicy(), links: LinkPolicy = LinkPolicy(), zone: String = "", certificatesEvery: Duration? = .seconds(2),
    limit: Duration = .seconds(10), tracer: (any CallTracer)? = nil, log: Log = .silent
  ) async throws(StartError) -> Client {
    var loops: [any EventLoop] = []
    do throws(NetError) {
      for index in 0..<count { loops.append(try UVLoop.start(index: index, name: "\(name)-\(index)")) }
    } catch {
      for loop in loops { loop.stop() }
      throw .cannotListen("an event loop could not start: \(error)")
    }
    do throws(StartError) {
      return try await connect(
        to: seeds, cluster: cluster, name: name, role: role, tls: tls, on: loops, calls: calls, links: links, zone: zone,
        certificatesEvery: certificatesEvery, limit: limit, tracer: tracer, log: log)
    } catch {
      for loop in loops { loop.stop() }
      throw error
    }
  }

  /// The same on loops of the caller's: a simulation's.
  package static func connect(
    to seeds: [SocketAddress], cluster name: String, name client: String, role: PeerRole, tls: TLSContext?, on loops: [any EventLoop],
    calls: CallPolicy, links: LinkPolicy = LinkPolicy(), zone: String = "", certificatesEvery: Duration? = .seconds(2), limit: Duration,
    tracer: (any CallTracer)? = nil, log: Log
  ) async throws(StartError) -> Client {
    try calls.validate()
    if let refusal = links.refusal { throw .invalid(refusal) }
    guard !seeds.isEmpty else { throw .invalid("a client needs at least one address to begin with") }
    let incarnation = await onLoop(loops[0]) { $0.random() | 1 }
    let parts = Stage.Parts(
      registry: Registry(), store: NoStore(), incarnation: Incarnation(incarnation), node: nil,
      hello: HelloInfo(cluster: name, name: client, role: role, incarnation: incarnation, loopCount: UInt16(loops.count), zone: zone),
      security: tls, calls: calls, log: log, links: links, tracer: tracer)
    let cluster = await Cluster.start(parts, on: loops)
    let follower = await onLoop(loops[0]) { loop in
      LoopBound(ViewFollower(cluster, seeds: seeds), on: loop)
    }
    for home in cluster.stages {
      home.loop.execute {
        home.stage.value.onNewerEpoch = { epoch in follower.loop.execute { follower.value.heard(of: epoch) } }
      }
    }
    let failure = await withUnsafeContinuation { (waiter: UnsafeContinuation<String?, Never>) in
      follower.loop.execute { follower.value.start(limit: limit) { waiter.resume(returning: $0) } }
    }
    if let failure {
      await close(cluster, follower)
      throw .cluster(failure)
    }
    let security = await SecurityWatch.start(tls, nil, every: certificatesEvery, cluster: cluster, log: log)
    let beats = await onLoop(loops[0]) { loop in
      let beats = BeatFollower(cluster)
      beats.start()
      return LoopBound(beats, on: loop)
    }
    return Client(cluster: cluster, loops: loops, follower: follower, beats: beats, security: security)
  }

  /// Reads certificate, key, roots and deny-list again, now; by default they are looked at every two seconds in any case.
  ///
  /// - Throws: what on the disk cannot be used; the old stays in force.
  public func reloadCertificates() async throws(NetError) { try await SecurityWatch.reload(security) }

  /// A loop of its own, as an executor: tasks that prefer it make their calls without changing threads.
  public var loop: any EventLoop { loops[0] }

  /// Ends its links; calls under way fail as `.unknownOutcome` or `.unavailable`.
  public func close() async {
    _ = await onLoop(beats.loop) { [beats] _ in beats.value.stop() }
    await Self.close(cluster, follower)
    for loop in loops { loop.stop() }
  }

  private static func close(_ cluster: Cluster, _ follower: LoopBound<ViewFollower>) async {
    _ = await onLoop(follower.loop) { _ in follower.value.stop() }
    _ = await cluster.onEachStage { $0.peers.close() }
  }
}
