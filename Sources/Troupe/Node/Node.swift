// A member of a cluster: its loops, its stages, its place in the register.

/// One node. It serves the shards that the register gives it, and leaves when it is told to.
///
/// ```swift
/// let node = try await Node.start(.init(cluster: "shop", id: "n1"), store: MemoryStore()) { $0.register(Cart.self) }
/// try await node.cluster.entity(Cart.self, "alice").add("mug")
/// await node.stop()
/// ```
public final class Node: Sendable {
  public let cluster: Cluster
  /// Where each of its loops listens, as "host:port".
  public let addresses: [String]
  private let loops: [any EventLoop]
  private let membership: LoopBound<Membership>
  private let answers: Answers
  private let security: LoopBound<SecurityWatch>?
  /// Its name in the store, until it answers nobody any more.
  private let claim: (any NodeClaim)?
  private let watchdog: Watchdog?

  private init(
    cluster: Cluster, addresses: [String], loops: [any EventLoop], membership: LoopBound<Membership>, answers: Answers,
    security: LoopBound<SecurityWatch>?, claim: (any NodeClaim)?, watchdog: Watchdog?
  ) {
    self.cluster = cluster
    self.addresses = addresses
    self.loops = loops
    self.membership = membership
    self.answers = answers
    self.security = security
    self.claim = claim
    self.watchdog = watchdog
  }

  /// Starts a node and returns when it is a member and may answer.
  ///
  /// - Throws: `StartError`, one sentence that says what is wrong; nothing of the node is left running then.
  public static func start(
    _ configuration: NodeConfiguration, store: any Store, log: Log = .silent, _ register: (inout Registry) -> Void
  ) async throws(StartError) -> Node {
    var loops: [any EventLoop] = []
    do throws(NetError) {
      for index in 0..<configuration.loops {
        loops.append(try UVLoop.start(index: index, name: "\(configuration.id)-\(index)", isPinned: configuration.pinsLoops))
      }
    } catch {
      for loop in loops { loop.stop() }
      throw .cannotListen("an event loop could not start: \(error)")
    }
    do throws(StartError) {
      return try await start(configuration, on: loops, store: store, log: log, turnLimit: configuration.turnLimit, register)
    } catch {
      for loop in loops { loop.stop() }
      throw error
    }
  }

  /// The same on loops of the caller's: a simulation's.
  package static func start(
    _ configuration: NodeConfiguration, on loops: [any EventLoop], store: any Store, log: Log, turnLimit: Duration? = nil,
    _ register: (inout Registry) -> Void
  ) async throws(StartError) -> Node {
    try configuration.validate()
    var registry = Registry()
    register(&registry)
    if let archive = configuration.archive { registry.add(ArchiveSubscription(archive: archive)) }
    if let refusal = registry.refusals.first { throw .invalid(refusal) }

    do throws(AccessRules.BadLine) { try configuration.access.check(against: registry.contracts) } catch {
      throw .invalid("the access rules cannot hold here: \(error)")
    }
    if configuration.access.demandsUsers, configuration.identities.keys == nil {
      throw .invalid("the access rules ask for users' roles, and this node takes names that nobody has signed, which have none")
    }

    let seed = await onLoop(loops[0]) { ($0.random(), $0.now) }
    let parts = Stage.Parts(
      registry: registry, store: store, incarnation: Incarnation(seed.0 | 1), node: NodeID(configuration.id),
      hello: HelloInfo(
        cluster: configuration.cluster, name: configuration.id, role: .node, incarnation: seed.0 | 1, loopCount: UInt16(loops.count),
        features: configuration.features, zone: configuration.zone),
      security: configuration.tls, calls: configuration.calls, log: log, overload: configuration.overload,
      snapshots: configuration.snapshots, quarantine: configuration.quarantine, archive: configuration.archive,
      priorities: configuration.priorities, links: configuration.links,
      access: configuration.access, identities: configuration.identities.keys, tracer: configuration.tracer)
    let cluster = await Cluster.start(parts, on: loops)
    let addresses = try await listen(cluster, configuration, log)
    let watchdog = try await watchdog(turnLimit, cluster, log)
    let member = Member(
      id: NodeID(configuration.id), incarnation: parts.incarnation, addresses: configuration.reachable(listeningOn: addresses),
      zone: configuration.zone, weight: configuration.weight, version: configuration.version)
    let claim = await claim(member, store, log)
    let membership = await Membership.make(
      cluster, member, configuration, store, log, registry.contracts, ended: claim?.ended ?? [])
    let answers = Answers(
      cluster: cluster, registry: registry, store: store, configuration: configuration, startedAt: seed.1,
      membership: membership)
    let node = Node(
      cluster: cluster, addresses: addresses, loops: loops, membership: membership, answers: answers,
      security: await SecurityWatch.start(
        configuration.tls, configuration.identities.keys, every: configuration.certificatesEvery, cluster: cluster, log: log),
      claim: claim, watchdog: watchdog)
    let idleAfter = configuration.idleAfter
    for home in cluster.stages {
      home.loop.execute {
        home.stage.value.answers = answers
        home.stage.value.keepHouse(idleAfter: idleAfter)
      }
    }
    do throws(StartError) {
      try await Membership.start(membership, limit: configuration.startLimit)
    } catch {
      await Membership.stop(membership)
      watchdog?.stop()
      claim?.release()
      throw error
    }
    return node
  }

  private static func watchdog(_ limit: Duration?, _ cluster: Cluster, _ log: Log) async throws(StartError) -> Watchdog? {
    guard let limit else { return nil }
    do throws(NetError) { return try await Watchdog.start(limit, over: cluster.stages, log: log) } catch {
      throw .cannotListen("the watchdog could not start: \(error)")
    }
  }

  /// Without a claim everything goes on as well, once leases have run out.
  private static func claim(_ member: Member, _ store: any Store, _ log: Log) async -> (any NodeClaim)? {
    do throws(StoreError) { return try await store.claim(member.id, member.incarnation) } catch {
      log(.warning, "the store gives \(member.id) no claim to its name: \(error)")
      return nil
    }
  }

  private static func listen(_ cluster: Cluster, _ configuration: NodeConfiguration, _ log: Log) async throws(StartError) -> [String] {
    var addresses: [String] = []
    for (index, home) in cluster.stages.enumerated() {
      let port = configuration.port == 0 ? 0 : configuration.port + index
      let result: Result<String, NetError> = await withCheckedContinuation { waiter in
        home.loop.execute {
          do throws(NetError) {
            let address = try home.stage.value.listen(on: SocketAddress(host: configuration.host, port: port))
            waiter.resume(returning: .success(address.description))
          } catch {
            waiter.resume(returning: .failure(error))
          }
        }
      }
      switch result {
      case .success(let address): addresses.append(address)
      case .failure(let error): throw .cannotListen("cannot listen on \(configuration.host):\(port): \(error)")
      }
    }
    return addresses
  }

  /// Gives everything away that it serves, as far as others can take it, and leaves. Calls go on being answered meanwhile.
  public func drain() async {
    _ = await Membership.leave(membership)
  }

  /// Reads certificate, key, roots, deny-list and identity keys again, now. Open links stay, but for those of peers that are denied.
  ///
  /// - Throws: what on the disk cannot be used; the old stays in force.
  public func reloadCertificates() async throws(NetError) { try await SecurityWatch.reload(security) }

  /// Returns when this node is no member any more, with why: it left, or the others took it for dead.
  public func untilStopped() async -> StopReason {
    await Membership.untilStopped(membership)
  }

  /// Lets running turns end, writes what is not yet durable, closes its links and ends. Shards stay its own until it comes
  /// back or others bury it: to give them away first, `drain()`.
  public func stop() async {
    await Membership.stop(membership)
    watchdog?.stop()
    for loop in loops { loop.stop() }
    claim?.release()
  }
}

extension Node {
  /// Ends as a killed process would: nothing is flushed, nobody is told.
  package func crash() {
    watchdog?.stop()
    for loop in loops { loop.stop() }
  }

  /// What its shards are doing. Call it on its first loop.
  package var phasesOfShards: Set<ShardPhase> { membership.value.machine.phasesOfShards }

  /// The shards that one of its loops serves and, by its own clock, may answer for. Call it on that loop.
  package func servedShards(onLoop index: Int) -> [ShardID] {
    let stage = cluster.stages[index].stage.value
    return stage.mayAnswer ? stage.shards.compactMap { $0?.state == .serving ? $0?.id : nil } : []
  }
}

/// Runs a question on a loop from anywhere.
func onLoop<T: Sendable>(_ loop: any EventLoop, _ body: @escaping @Sendable (any EventLoop) -> T) async -> T {
  await withCheckedContinuation { waiter in
    loop.execute { waiter.resume(returning: body(loop)) }
  }
}

extension Cluster {
  /// Makes a stage on each loop.
  static func start(_ parts: Stage.Parts, on loops: [any EventLoop]) async -> Cluster {
    var stages: [StageHome] = []
    for loop in loops { stages.append(await onLoop(loop) { Stage(parts, loop: $0).home }) }
    return Cluster(stages)
  }
}
