// What the changes share: inserting and removing members while the owners' indexes stay right, and the step to the next epoch.

extension View {
  /// A copy at the next epoch, for a change to work on.
  func successor() -> View {
    var next = self
    next.epoch = epoch.next
    return next
  }

  mutating func insert(_ member: Member) {
    let index = members.partitioningIndex { $0.id > member.id }
    members.insert(member, at: index)
    for shard in owners.indices where owners[shard] != Self.nobody && Int(owners[shard]) >= index { owners[shard] += 1 }
  }

  /// Removes a member; what it owned has no owner now, and nobody's load is to be brought to it any more. Answers those shards.
  mutating func remove(at index: Int) -> [ShardID] {
    let gone = members[index].id
    wishes = wishes.filter { $0.value != gone }
    members.remove(at: index)
    var orphans: [ShardID] = []
    for shard in owners.indices where owners[shard] != Self.nobody {
      if Int(owners[shard]) == index {
        owners[shard] = Self.nobody
        orphans.append(ShardID(shard))
      } else if Int(owners[shard]) > index {
        owners[shard] -= 1
      }
    }
    return orphans
  }

  /// Gives what nobody owns to its desired owner.
  mutating func placeOrphans() {
    guard owners.contains(Self.nobody) else { return }
    let desired = Placement.desiredOwners(of: self)
    for shard in owners.indices where owners[shard] == Self.nobody { owners[shard] = desired[shard] }
  }

  /// Buries: its shards are without owner and came by no transfer; who gets them waits for its lease.
  mutating func bury(at index: Int) {
    let name = members[index].name
    for shard in remove(at: index) { transfers[shard] = nil }
    burials.append(name)
  }

  /// Forgets burials whose wait is over. Only who saw such a burial 1.05 lease lengths ago knows that.
  public func forgetting(_ past: Set<IncarnationName>) -> View {
    guard burials.contains(where: past.contains) else { return self }
    var view = self
    view.burials.removeAll(where: past.contains)
    return view
  }
}
