// A view, laid out for the question that every call asks: who owns this shard?
import TroupeWire

/// Who owns each shard, at one epoch. Immutable: a loop swaps its reference when a newer view arrives, without a lock.
public final class RoutingTable: Sendable {
  public let view: View
  public let epoch: Epoch
  private let owners: [Member?]

  public init(_ view: View) {
    self.view = view
    epoch = view.epoch
    owners = view.owners.map { $0 == View.nobody ? nil : view.members[Int($0)] }
  }

  public var shardCount: Int { owners.count }

  /// The owner, or nil while nobody owns the shard.
  public func owner(of shard: ShardID) -> Member? { owners[shard.index] }

  /// The shard of an entity's hash.
  public func shard(of hash: UInt64) -> ShardID { ShardID(shardIndex(of: hash, shardCount: owners.count)) }

  /// The address of the owner's loop that serves the shard.
  public func address(of shard: ShardID) -> String? {
    owners[shard.index].map { $0.addresses[shard.index % $0.addresses.count] }
  }
}
