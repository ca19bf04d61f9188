// Giving: the one commit point of a planned move.

extension View {
  /// Hands sealed shards to other members. Only the owner may, and only what it serves: it knows that no earlier owner does.
  public func giving(_ targets: [ShardID: NodeID], from giver: NodeID, transfer: TransferID) throws(ViewRefusal) -> View {
    guard !targets.isEmpty else { throw .empty }
    guard let own = index(of: giver) else { throw .notMember(giver) }
    var next = successor()
    for (shard, target) in targets {
      guard shard.index < shardCount else { throw .noSuchShard(shard) }
      guard owners[shard.index] == UInt16(own) else { throw .notOwner(shard) }
      next.owners[shard.index] = try receiver(target, from: own)
      next.transfers[shard] = transfer
    }
    return next
  }

  private func receiver(_ id: NodeID, from giver: Int) throws(ViewRefusal) -> UInt16 {
    guard let index = index(of: id) else { throw .notMember(id) }
    let isDraining = members[index].state == .draining && members.contains { $0.state == .active }
    guard index != giver, !isDraining else { throw .cannotReceive(id) }
    return UInt16(index)
  }
}
