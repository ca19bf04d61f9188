// Burying: how the dead lose their shards.

/// Whose word a burial rests on besides the burier's.
public enum Confirmation: Hashable, Sendable {
  case by(NodeID)
  /// No other member's beat moves, so there is nobody to ask.
  case nobodyElseBeats
  /// Of these and the burier, who are more than half of all members, with those that are buried.
  case majority([NodeID])

  static func isMajority(_ count: Int, of all: Int) -> Bool { count * 2 > all }
}

extension View {
  /// Removes dead members and gives their shards to their desired owners, who wait until the dead ones' leases have run out.
  public func burying(
    _ dead: [IncarnationName], by burier: NodeID, confirmed confirmation: Confirmation
  ) throws(ViewRefusal) -> View {
    guard !dead.isEmpty else { throw .empty }
    guard member(burier) != nil else { throw .notMember(burier) }
    try check(confirmation, of: dead, by: burier)
    var next = successor()
    for name in dead {
      guard lists(name), let index = next.index(of: name.id) else { throw .notMember(name.id) }
      guard name.id != burier else { throw .ownBurial(burier) }
      next.bury(at: index)
    }
    next.placeOrphans()
    return next
  }

  private func check(_ confirmation: Confirmation, of dead: [IncarnationName], by burier: NodeID) throws(ViewRefusal) {
    let witnesses: [NodeID]
    switch confirmation {
    case .nobodyElseBeats: return
    case .by(let witness): witnesses = [witness]
    case .majority(let members):
      witnesses = members
      guard Confirmation.isMajority(Set(members).union([burier]).count, of: self.members.count) else { throw .notConfirmed(dead[0].id) }
    }
    for witness in witnesses {
      guard member(witness) != nil else { throw .notMember(witness) }
      guard witness != burier else { throw .notConfirmed(dead[0].id) }
      guard !dead.contains(where: { $0.id == witness }) else { throw .ownBurial(witness) }
    }
  }
}
