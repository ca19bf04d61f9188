// What a node answers on a link beside calls: its view, its kinds, what it counts, whom it knows.

final class Answers: Sendable {
  /// Ids in one answer; more are asked for with `after`.
  static let listLimit = 1_000
  static let logLimit = 1_000

  private let cluster: Cluster
  private let registry: Registry
  private let store: any Store
  private let configuration: NodeConfiguration
  private let startedAt: Instant
  private let membership: LoopBound<Membership>

  init(
    cluster: Cluster, registry: Registry, store: any Store, configuration: NodeConfiguration, startedAt: Instant,
    membership: LoopBound<Membership>
  ) {
    self.cluster = cluster
    self.registry = registry
    self.store = store
    self.configuration = configuration
    self.startedAt = startedAt
    self.membership = membership
  }

  func answer(_ topic: AskTopic, _ payload: [UInt8]) async throws -> [UInt8] {
    switch topic {
    case .view:
      guard let routing = await routing() else { throw CallError(.unavailable, "this node has not read the register yet", mayRetry: true) }
      return encode(routing.view)
    case .contract: return encode(registry.contracts)
    case .status: return encode(await status())
    case .entities: return encode(try await entities(try decode(payload)))
    case .log: return encode(try await log(try decode(payload)))
    case .consumers: return encode(await cluster.consumerReports())
    case .restartConsumers: return encode(await cluster.restartOwnConsumers(try decode(payload)))
    case .sagas: return encode(try await cluster.ownSagas(store))
    case .entity: return encode(try await entity(try decode(payload)))
    case .load: return encode(await cluster.ownLoad(of: configuration.id))
    case .balance: return encode(await cluster.ownLoad(of: configuration.id))
    case .ring: return encode(try await Membership.ring(membership, cluster))
    case .links: return encode(await links(try decode(payload), of: cluster))
    default:
      if let answer = try await Membership.answer(membership, topic, payload) { return answer }
      throw CallError(.refused, "this node does not know what question \(topic.rawValue) is about")
    }
  }

  private func routing() async -> RoutingTable? {
    await cluster.onEachStage { $0.routing }[0]
  }

  func status() async -> NodeStatus {
    let parts = await cluster.onEachStage { stage in
      (
        shards: stage.shards.lazy.filter { $0 != nil }.count,
        entities: stage.shards.reduce(0) { $0 + ($1?.table.count ?? 0) },
        counters: stage.counters, lease: stage.mayAnswer, uptime: stage.loop.now - self.startedAt
      )
    }
    return NodeStatus(
      id: configuration.id, address: configuration.advertise.first?.host ?? configuration.host, zone: configuration.zone, state: "active",
      version: configuration.version, shards: parts.reduce(0) { $0 + $1.shards }, entities: parts.reduce(0) { $0 + $1.entities },
      calls: parts.reduce(0) { $0 + $1.counters.calls }, durable: parts.reduce(0) { $0 + $1.counters.durable },
      uptimeSeconds: Int(parts[0].uptime.components.seconds), leaseValid: parts.allSatisfy(\.lease), loops: configuration.loops,
      reminders: parts.reduce(0) { $0 + $1.counters.reminders }, remindersFailed: parts.reduce(0) { $0 + $1.counters.remindersFailed })
  }

  /// This node's share: what is in its memory, in its tails and in the snapshots of its shards.
  private func entities(_ question: ListQuestion) async throws -> [String] {
    let limit = min(max(1, question.limit), Self.listLimit)
    let kind = kindID(question.kind)
    let after = question.after
    await cluster.untilTailsAreRead()
    let known = await cluster.onEachStage { stage in
      stage.shards.compactMap { shard in shard.map { ($0.id, $0.known(kind: kind, after: after)) } }
    }.flatMap { $0 }
    var names: Set<String> = []
    for (shard, known) in known {
      // The store may not know yet that an entity was deleted, nor that it lives again.
      let stored = Set(try await store.listEntities(shard, kind: kind, after: after, limit: limit + known.gone.count))
      names.formUnion(stored.subtracting(known.gone).union(known.there))
    }
    return Array(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
  }

  private func log(_ question: LogQuestion) async throws -> [LogEntry] {
    guard let routing = await routing() else { throw CallError(.unavailable, "this node has not read the register yet", mayRetry: true) }
    let kind = kindID(question.kind)
    let shard = routing.shard(of: entityHash(kindID: kind, id: question.id))
    let records = try await store.readLog(shard, kind: kind, entity: question.id, limit: min(max(1, question.limit), Self.logLimit))
    return records.filter { $0.turn.attempts == nil }.map { LogEntry($0) }
  }

  private func entity(_ question: EntityQuestion) async throws -> EntityReport {
    guard let routing = await routing() else { throw CallError(.unavailable, "this node has not read the register yet", mayRetry: true) }
    let kind = kindID(question.kind)
    let hash = entityHash(kindID: kind, id: question.id)
    let (shard, id) = (routing.shard(of: hash), question.id)
    let reports = await cluster.onEachStage { stage in
      shard.index < stage.shards.count ? stage.shards[shard.index]?.report(on: kind, hash: hash, id: id) : nil
    }
    return reports.compactMap { $0 }.first ?? .elsewhere
  }

  private func encode(_ value: some Wire) -> [UInt8] {
    var writer = Writer()
    writer.write(value)
    return writer.bytes
  }

  private func decode<T: Wire>(_ bytes: [UInt8]) throws -> T {
    var reader = Reader(bytes.span.bytes)
    return try reader.read(T.self)
  }
}

extension Shard {
  /// The kind's entities that memory and tail know to be there, and those that they know to be gone.
  func known(kind: UInt32, after: String?) -> (there: Set<String>, gone: Set<String>) {
    var known = (there: Set<String>(), gone: Set<String>())
    func note(_ name: String, isThere: Bool) {
      if let after, !after.utf8.lexicographicallyPrecedes(name.utf8) { return }
      if isThere { known.there.insert(name) } else { known.gone.insert(name) }
    }
    for (key, records) in tail where key.kind == kind { note(key.entity, isThere: records.last?.turn.isDelete == false) }
    for activation in table.all where activation.kindID == kind && activation.phase != .loading {
      note(activation.id, isThere: activation.isListed)
    }
    return known
  }
}

extension Cluster {
  /// Asks every loop of this process; in the order of the loops.
  func onEachStage<T: Sendable>(_ body: @escaping @Sendable (Stage) -> T) async -> [T] {
    var answers: [T] = []
    for home in stages {
      answers.append(
        await withCheckedContinuation { waiter in
          home.loop.execute { waiter.resume(returning: body(home.stage.value)) }
        })
    }
    return answers
  }
}
