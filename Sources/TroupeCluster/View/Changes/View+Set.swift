// What an operator sets. It changes what is desired; the owners then move shards by themselves.

/// An operator's wish.
public enum Setting: Hashable, Sendable {
  case weight(NodeID, Int)
  /// The shard belongs to this node, whatever the hash says.
  case pin(ShardID, NodeID)
  case unpin(ShardID)
  /// Takes the pin out if it is to this node: somebody else may have pinned the shard elsewhere meanwhile.
  case release(ShardID, NodeID)
  /// Shards are to change places because of what they cost. In place of all such wishes that there are; none takes them out.
  case balance([ShardID: NodeID])
  /// A share of the shards belongs to members of one version; nil ends that.
  case trial(Trial?)
  /// The node gives away what it owns, then leaves.
  case drain(NodeID)
  case activate(NodeID)
}

extension View {
  /// Whether the setting holds already.
  public func satisfies(_ setting: Setting) -> Bool {
    switch setting {
    case .weight(let id, let weight): member(id)?.weight == weight
    case .pin(let shard, let id): pins[shard] == id
    case .unpin(let shard): pins[shard] == nil
    case .release(let shard, let id): pins[shard] != id
    case .balance(let wishes): self.wishes == wishes
    case .trial(let trial): self.trial == trial
    case .drain(let id): member(id)?.state == .draining
    case .activate(let id): member(id)?.state == .active
    }
  }

  public func setting(_ setting: Setting) throws(ViewRefusal) -> View {
    var next = successor()
    switch setting {
    case .balance(let wishes): next.wishes = try possible(wishes)
    case .weight(let id, let weight):
      guard (0...Member.weightLimit).contains(weight) else { throw .badWeight(weight) }
      next.members[try known(id)].weight = weight
    case .pin(let shard, let id):
      guard shard.index < shardCount else { throw .noSuchShard(shard) }
      _ = try known(id)
      next.pins[shard] = id
    case .unpin(let shard):
      guard shard.index < shardCount else { throw .noSuchShard(shard) }
      next.pins[shard] = nil
    case .release(let shard, let id):
      guard shard.index < shardCount else { throw .noSuchShard(shard) }
      if pins[shard] == id { next.pins[shard] = nil }
    case .trial(let trial):
      if let trial, !trial.isPossible { throw .badTrial(trial.percent) }
      next.trial = trial
      // What was to even out loads under the old division fights the new one.
      next.wishes = [:]
    case .drain(let id): next.members[try known(id)].state = .draining
    case .activate(let id): next.members[try known(id)].state = .active
    }
    next.placeOrphans()
    return next
  }

  /// The first that cannot be is named, in the order of the shards.
  private func possible(_ wishes: [ShardID: NodeID]) throws(ViewRefusal) -> [ShardID: NodeID] {
    for (shard, id) in wishes.sorted(by: { $0.key < $1.key }) {
      guard shard.index < shardCount else { throw .noSuchShard(shard) }
      _ = try known(id)
    }
    return wishes
  }

  private func known(_ id: NodeID) throws(ViewRefusal) -> Int {
    guard let index = index(of: id) else { throw .notMember(id) }
    return index
  }
}
