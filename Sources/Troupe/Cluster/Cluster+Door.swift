// Calls by name and bytes, for doors that know contracts and no Swift types: JSON over HTTP, the command line.

/// What an entity answered.
public enum RawReply: Sendable, Hashable {
  /// The method's result, encoded.
  case value([UInt8])
  /// An error of the entity's own, encoded as the type that the contract names.
  case failure([UInt8])
}

extension Cluster {
  /// Calls a method by its id. `isRepeatable` says that sending it twice is harmless (queries, commands of durable kinds); `name` is
  /// the method's, for traces.
  public func call(
    kind: String, id: String, method: UInt64, name: String? = nil, isQuery: Bool, isRepeatable: Bool? = nil, arguments: [UInt8],
    options: CallOptions = CallOptions()
  ) async throws -> RawReply {
    guard arguments.count <= CallLimits.payloadBytes else {
      throw CallError(.tooLarge, "the arguments of one call have at most \(CallLimits.payloadBytes) bytes, these have \(arguments.count)")
    }
    var target = RefTarget(kind: kind, id: id, cluster: self)
    target.options = options
    let called = CalledMethod(method, isQuery: isQuery, isRepeatable: isRepeatable ?? isQuery)
    let reply = try await perform(target, called, kind: kind, .named(kind: kind, method: name)) { $0.append(arguments.span.bytes) }
    return reply.status == .failure ? .failure(reply.bytes) : .value(reply.bytes)
  }

  /// Deletes an entity's state.
  public func delete(kind: String, id: String, options: CallOptions = CallOptions()) async throws {
    _ = try await call(
      kind: kind, id: id, method: SystemMethod.delete, isQuery: false, isRepeatable: true, arguments: [], options: options)
  }

  /// What every kind of the cluster offers, as a node tells it.
  public func contract() async throws -> [EntityContract] {
    try [EntityContract](wireBytes: try await askAny(.contract, []))
  }

  /// The view, and what each node says of itself. A node that does not answer within `limit` stands there as "silent".
  public func status(within limit: Duration = .seconds(1)) async throws -> ClusterStatus {
    guard let routing = await routing() else { throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true) }
    let view = routing.view
    let nodes = await withTaskGroup(of: NodeStatus.self) { group in
      for member in view.members { group.addTask { await self.status(of: member, in: view, within: limit) } }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.id < $1.id }
    }
    return ClusterStatus(
      cluster: view.cluster, epoch: view.epoch.value, shardCount: view.shardCount, owners: view.owners, nodes: nodes)
  }

  private func status(of member: Member, in view: View, within limit: Duration) async -> NodeStatus {
    var status: NodeStatus
    do {
      status = try NodeStatus(wireBytes: try await ask(member, .status, [], within: limit))
      status.state = "\(member.state)"
    } catch {
      status = NodeStatus.silent(member)
    }
    status.shards = view.shards(of: member.id).count
    return status
  }

  /// Tells a node to give its shards away. It answers when the order stands in the register.
  public func drain(_ node: String) async throws {
    _ = try await askAny(.drain, node.wireBytes, within: .seconds(10))
  }

  /// Ids of a kind, in the order of their bytes, after `after`: those in memory and those in the store.
  public func entities(kind: String, after: String? = nil, limit: Int = 100) async throws -> [String] {
    guard let routing = await routing() else { throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true) }
    let question = ListQuestion(kind: kind, after: after, limit: limit).wireBytes
    var names: Set<String> = []
    for member in routing.view.members {
      names.formUnion(try [String](wireBytes: try await ask(member, .entities, question, within: .seconds(5))))
    }
    return Array(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
  }

  /// The newest records of an entity, oldest first.
  public func log(kind: String, id: String, limit: Int = 100) async throws -> [LogEntry] {
    try [LogEntry](wireBytes: try await askAny(.log, LogQuestion(kind: kind, id: id, limit: limit).wireBytes))
  }

  // MARK: Questions

  func routing() async -> RoutingTable? {
    let home = stages[0]
    return await withCheckedContinuation { waiter in
      home.loop.execute { waiter.resume(returning: home.stage.value.routing) }
    }
  }

  /// Asks members in turn until one answers.
  func askAny(_ topic: AskTopic, _ payload: [UInt8], within limit: Duration = .seconds(3)) async throws -> [UInt8] {
    guard let routing = await routing() else { throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true) }
    var last: any Error = CallError(.unavailable, "the cluster has no members", mayRetry: true)
    for member in routing.view.members {
      do {
        return try await ask(member, topic, payload, within: limit)
      } catch let error as CallError where error.code != .unavailable && error.code != .deadlineExceeded {
        throw error
      } catch {
        last = error
      }
    }
    throw last
  }

  func ask(_ member: Member, _ topic: AskTopic, _ payload: [UInt8], within limit: Duration) async throws -> [UInt8] {
    let home = stages[0]
    let reply: Reply = await withUnsafeContinuation { waiter in
      home.loop.execute { home.stage.value.ask(member, topic, payload, within: limit, ReplyWaiter(waiter)) }
    }
    let text = String(decoding: reply.bytes, as: UTF8.self)
    switch reply.status {
    case .value: return reply.bytes
    case .deadlineExceeded, .timedOut: throw CallError(.deadlineExceeded, "\(member.id) did not answer within \(limit)", mayRetry: true)
    case .neverSent, .connectionLost, .notServing: throw CallError(.unavailable, "\(member.id) cannot be reached", mayRetry: true)
    default: throw CallError(.refused, text)
    }
  }
}

extension NodeStatus {
  static func silent(_ member: Member) -> NodeStatus {
    NodeStatus(
      id: member.id.value, address: member.addresses.first ?? "", zone: member.zone, state: "silent", version: member.version, shards: 0,
      entities: 0, calls: 0, durable: 0, uptimeSeconds: 0, leaseValid: false, loops: member.addresses.count)
  }
}
