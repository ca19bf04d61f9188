// Which member looks at the loads of all: no coordinator, just the first that is there. If it dies the next one does.

extension MembershipMachine {
  /// Whether this node is the active member with the lowest id among those that beat. Two may think so for a moment, or nobody: what they wish
  /// for goes through the register, where one wish replaces another.
  public func balances(at now: Moment) -> Bool {
    guard answersProbes(at: now), let view else { return false }
    return view.members.first { $0.state == .active && ($0.id == me.id || isBeating($0.name)) }?.id == me.id
  }
}
