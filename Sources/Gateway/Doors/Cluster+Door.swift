// Troupe's cluster as the gateway's door. Everything but the picture has the shape that the door asks for already.

import Troupe

extension Cluster: ClusterDoor {
  /// A command of a durable kind is recorded under its id, so that sending it twice is as harmless as asking twice.
  public func call(
    _ method: MethodContract, of contract: EntityContract, id: String, arguments: [UInt8], options: CallOptions
  ) async throws -> RawReply {
    try await call(
      kind: contract.kind, id: id, method: method.id, name: method.name, isQuery: method.isQuery,
      isRepeatable: method.isQuery || contract.isDurable,
      arguments: arguments, options: options)
  }

  public func picture() async throws -> ClusterPicture {
    ClusterPicture(try await status())
  }

  public func ring() async throws -> RingStatus { try await ringStatus() }

  /// Of other gateways it says nothing: each shows itself.
  public func transport() async throws -> TransportStatus {
    let own = await transportReport()
    var status = (try? await transportStatus(gateways: false)) ?? TransportStatus()
    if !status.processes.contains(where: { $0.name == own.name && $0.role == own.role }) { status.processes.append(own) }
    return status
  }
}

extension ClusterPicture {
  init(_ status: ClusterStatus) {
    self.init()
    cluster = status.cluster
    epoch = status.epoch
    shardCount = status.shardCount
    owners = status.owners.map { Int($0) < status.nodes.count ? Int($0) : nil }
    nodes = status.nodes.map(Node.init)
  }
}

extension ClusterPicture.Node {
  init(_ status: NodeStatus) {
    self.init(id: status.id)
    address = status.address
    zone = status.zone
    state = status.state
    version = status.version
    shards = status.shards
    entities = status.entities
    calls = status.calls
    durable = status.durable
    reminders = status.reminders
    remindersFailed = status.remindersFailed
    uptime = status.uptimeSeconds
    isServing = status.leaseValid
  }
}
