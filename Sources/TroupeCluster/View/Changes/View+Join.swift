// Joining: how a node becomes a member, and how a restarted one replaces itself.

extension View {
  /// The view of a new cluster: one member, which owns every shard.
  public static func first(cluster: String, shardCount: Int = defaultShardCount, member: Member) -> View {
    precondition((1...shardLimit).contains(shardCount), "a cluster has 1 to \(shardLimit) shards, not \(shardCount)")
    precondition(!member.addresses.isEmpty, "\(member.id) has no address to be reached at")
    return View(
      cluster: cluster, epoch: 1, placement: placementName, members: [member], owners: Array(repeating: 0, count: shardCount),
      transfers: [:], burials: [], pins: [:])
  }

  /// Adds a member. It owns nothing at first, unless shards are without owner: then it gets its part of those.
  ///
  /// - Parameter old: an earlier incarnation of the same node whose beat has stood still; it is buried in the same step.
  public func joining(_ member: Member, burying old: Incarnation? = nil) throws(ViewRefusal) -> View {
    guard placement == Self.placementName else { throw .unknownPlacement(placement) }
    guard !member.addresses.isEmpty else { throw .noAddress(member.id) }
    guard (0...Member.weightLimit).contains(member.weight) else { throw .badWeight(member.weight) }
    guard members.count < Int(Self.nobody) - 1 else { throw .tooManyMembers }
    var next = successor()
    if let index = index(of: member.id) {
      guard members[index].incarnation == old, old != member.incarnation else { throw .alreadyMember(members[index].name) }
      next.bury(at: index)
    }
    next.insert(member)
    next.placeOrphans()
    return next
  }
}
