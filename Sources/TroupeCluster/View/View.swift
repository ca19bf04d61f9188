// The record in the register: who is a member and who owns each shard. A value; it changes only through the functions in
// `Changes`, each of which makes the next epoch's view, and is stored only by compare-and-set.

/// What the cluster agrees on, at one epoch.
///
/// Routing uses nothing but this. A view says who *owns* a shard; whether the owner serves it already is the owner's to know.
public struct View: Hashable, Sendable {
  /// A 16-bit number with room for "none"; more shards would only make the record larger.
  public static let shardLimit = 16_384
  /// What a cluster gets unless its creator says otherwise: ten for each of a hundred nodes.
  public static let defaultShardCount = 1_024
  /// The placement algorithm of this version: see `Placement`.
  public static let placementName = "hash-1"
  /// Stands in `owners` for a shard without an owner: its last one left when nobody could take it.
  public static let nobody = UInt16.max

  public let cluster: String
  public internal(set) var epoch: Epoch
  /// How shards are placed. A node that does not know the name must not join.
  public internal(set) var placement: String
  /// In the order of their ids.
  public internal(set) var members: [Member]
  /// By shard: an index into `members`, or `nobody`.
  public internal(set) var owners: [UInt16]
  /// By shard that its owner holds because another member sealed it and gave it. The others came by a burial (or were there
  /// from the start): who finds itself their owner waits for `burials`.
  public internal(set) var transfers: [ShardID: TransferID]
  /// Incarnations whose lease may still run. Removed by a later change, once its maker knows that it does not.
  public internal(set) var burials: [IncarnationName]
  /// Shards that an operator wants at one node whatever the hash says. A pin to a node that is no active member waits for it.
  public internal(set) var pins: [ShardID: NodeID]
  /// Wishes of the balancer: shards that change places because of what they cost. Like pins, but for a while: they are taken out once the
  /// shards are there, and where an operator has pinned the same shard, his pin counts.
  public internal(set) var wishes: [ShardID: NodeID] = [:]
  /// A share of the shards that belongs to members of one version; nil while nobody tries one.
  public internal(set) var trial: Trial? = nil

  public var shardCount: Int { owners.count }

  // MARK: Who

  public func index(of id: NodeID) -> Int? {
    let index = members.partitioningIndex { $0.id >= id }
    return index < members.count && members[index].id == id ? index : nil
  }

  public func member(_ id: NodeID) -> Member? { index(of: id).map { members[$0] } }

  /// Whether this incarnation of the node is a member; an earlier or later one is somebody else.
  public func lists(_ name: IncarnationName) -> Bool { member(name.id)?.incarnation == name.incarnation }

  // MARK: What

  /// Where single shards belong whatever the hash says: what operators have pinned, and for the rest what the balancer wishes.
  var wanted: [ShardID: NodeID] { wishes.isEmpty ? pins : pins.merging(wishes) { pin, _ in pin } }

  public func owner(of shard: ShardID) -> Member? {
    let owner = owners[shard.index]
    return owner == Self.nobody ? nil : members[Int(owner)]
  }

  public func owns(_ id: NodeID, _ shard: ShardID) -> Bool { index(of: id).map { owners[shard.index] == UInt16($0) } ?? false }

  public func shards(of id: NodeID) -> [ShardID] {
    guard let index = index(of: id).map(UInt16.init) else { return [] }
    return owners.indices.filter { owners[$0] == index }.map { ShardID($0) }
  }

  /// How many shards each member owns, in the order of `members`.
  public var loads: [Int] {
    var loads = Array(repeating: 0, count: members.count)
    for owner in owners where owner != Self.nobody { loads[Int(owner)] += 1 }
    return loads
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element satisfies `belongs`, where all that do stand behind those that do not.
  func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
