// Where one entity lives, and why there: what the newest view says, and what the owner adds.
import TroupeCluster

/// Where an entity lives.
public struct EntityPlace: Hashable, Sendable {
  public var epoch: UInt64
  public var shard: Int
  public var shardCount: Int
  /// The node that has the shard; nil while nobody has.
  public var owner: String?
  /// Where the owner's loop listens that serves the shard.
  public var address: String?
  /// Whether the owner before sealed the shard and gave it. Otherwise the owner has it from the start, or because the one before was
  /// buried.
  public var wasGiven: Bool
  /// The node that should have it, as members, weights and pins are now. Not the owner: then it will be given away.
  public var desired: String?
  /// The node that an operator wants it at.
  public var pin: String?
  /// Buried nodes whose leases may still run: shards that were not given wait for them.
  public var leasesThatMayRun: [String]
  /// Nil when the owner does not answer.
  public var report: EntityReport?
}

extension Cluster {
  /// Says where an entity lives, and asks its owner what it does there. For operators: the owner tells it to no other role.
  public func explain(kind: String, id: String) async throws -> EntityPlace {
    guard let routing = await routing() else { throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true) }
    let view = routing.view
    let shard = routing.shard(of: entityHash(kindID: kindID(kind), id: id))
    let desired = Placement.desiredOwners(of: view)[shard.index]
    var place = EntityPlace(
      epoch: view.epoch.value, shard: shard.index, shardCount: view.shardCount, owner: routing.owner(of: shard)?.id.value,
      address: routing.address(of: shard), wasGiven: view.transfers[shard] != nil,
      desired: desired == View.nobody ? nil : view.members[Int(desired)].id.value, pin: view.pins[shard]?.value,
      leasesThatMayRun: view.burials.map(\.id.value))
    if let owner = routing.owner(of: shard) {
      do {
        let answer = try await ask(owner, .entity, EntityQuestion(kind: kind, id: id).wireBytes, within: .seconds(1))
        place.report = try EntityReport(wireBytes: answer)
      } catch let error as CallError where error.code == .unavailable || error.code == .deadlineExceeded {
        place.report = nil
      }
    }
    return place
  }
}
