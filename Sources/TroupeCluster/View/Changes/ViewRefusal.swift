// Why a view does not change in the way that somebody asked for. Values with stable codes; the sentence is for people.

/// A change that the rules of the register forbid.
public enum ViewRefusal: Error, Hashable, Sendable {
  /// The id is a member already, in another incarnation, and the change does not bury that one.
  case alreadyMember(IncarnationName)
  /// No member has this id, or it is there in another incarnation.
  case notMember(NodeID)
  /// A give names a shard that the giver does not own.
  case notOwner(ShardID)
  /// A give to oneself, to nobody in particular, or to a member that is draining while others are not.
  case cannotReceive(NodeID)
  /// A change about nothing: no shards, nobody to bury.
  case empty
  /// The dead do not bury, and nobody buries itself.
  case ownBurial(NodeID)
  /// A burial needs another member's word, unless nobody else beats.
  case notConfirmed(NodeID)
  /// A member that owns shards which others could take may not leave.
  case stillOwns(shards: Int)
  case noSuchShard(ShardID)
  case badWeight(Int)
  case badTrial(Int)
  case noAddress(NodeID)
  case unknownPlacement(String)
  case wrongCluster(String)
  case tooManyMembers

  public var code: String {
    switch self {
    case .alreadyMember: "already-member"
    case .notMember: "not-member"
    case .notOwner: "not-owner"
    case .cannotReceive: "cannot-receive"
    case .empty: "empty"
    case .ownBurial: "own-burial"
    case .notConfirmed: "not-confirmed"
    case .stillOwns: "still-owns"
    case .noSuchShard: "no-such-shard"
    case .badWeight: "bad-weight"
    case .badTrial: "bad-trial"
    case .noAddress: "no-address"
    case .unknownPlacement: "unknown-placement"
    case .wrongCluster: "wrong-cluster"
    case .tooManyMembers: "too-many-members"
    }
  }
}

extension ViewRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .alreadyMember(let name): "\(name.id) is a member already, as \(name)"
    case .notMember(let id): "\(id) is no member"
    case .notOwner(let shard): "the giver does not own shard \(shard)"
    case .cannotReceive(let id): "\(id) cannot be given shards"
    case .empty: "the change changes nothing"
    case .ownBurial(let id): "\(id) cannot bury itself, nor on the word of who is buried with it"
    case .notConfirmed(let id): "nobody confirmed that \(id) is dead"
    case .stillOwns(let shards): "it owns \(shards) shards that others could take"
    case .noSuchShard(let shard): "the cluster has no shard \(shard)"
    case .badWeight(let weight): "a weight is 0 to \(Member.weightLimit), not \(weight)"
    case .badTrial(let percent):
      "a trial is of 0 to 100 percent and of a version with a name of 1 to \(Trial.versionLimit) bytes, not of \(percent) percent"
    case .noAddress(let id): "\(id) has no address to be reached at"
    case .unknownPlacement(let name): "the cluster places shards by \(name), which this version does not know"
    case .wrongCluster(let name): "the register belongs to the cluster \(name)"
    case .tooManyMembers: "the view is full"
    }
  }
}
