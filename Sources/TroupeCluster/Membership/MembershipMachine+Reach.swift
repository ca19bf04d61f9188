// Who beats and is heard by nobody: a machine that reaches the store, but whose links to the others are cut, perhaps in one direction only. It
// keeps its lease, and its entities cannot be called. It is buried when more than half of the members cannot reach it: no two halves
// of a cluster bury each other, and a node to which everybody is silent finds nobody who agrees with it.

extension MembershipMachine {
  /// Members that beat, and have answered none of this node's probes for long.
  var unreachable: [IncarnationName] { others { isBeating($0) && links.isMute($0) } }

  mutating func askReachIfDue() {
    guard now >= nextReachInquiry else { return }
    let lost = unreachable
    guard !lost.isEmpty else { return reachWords = [:] }
    let witnesses = witnesses.filter { !lost.contains($0.name) }
    guard !witnesses.isEmpty else { return }
    nextReachInquiry = now + times.askAgainAfter * 2
    reachInquiries += 1
    reachWords = [:]
    effects.append(.askReach(round: reachInquiries, lost, of: witnesses))
  }

  mutating func reachGiven(_ witness: IncarnationName, _ round: UInt64, _ lost: [IncarnationName]) {
    guard round == reachInquiries, view?.lists(witness) == true, isBeating(witness) else { return }
    for name in lost where name != witness { reachWords[name, default: []].insert(witness) }
  }

  /// One at a time: each burial changes who is how many.
  mutating func buryUnreachableIfDue() {
    guard !reachWords.isEmpty, register.change?.purpose != .bury, mayChange, let view else { return }
    let members = view.members.count
    let agreed = unreachable.first { name in
      let words = reachWords[name]?.filter { view.lists($0) && isBeating($0) }.count ?? 0
      return words > 0 && (words + 1) * 2 > members
    }
    guard let lost = agreed, let witness = reachWords[lost]?.min() else { return }
    guard let next = try? view.burying([lost], by: me.id, confirmed: .by(witness.id)) else { return }
    effects.append(.note("burying \(lost): it beats, but \(reachWords[lost]!.count + 1) of \(members) members cannot reach it"))
    reachWords = [:]
    propose(.bury, next)
  }

  /// Another asks whether this node can reach them: only who has found one mute itself says so. Whoever it did not watch is watched from now on,
  /// so that it can tell when it is asked again.
  mutating func reachAsked(_ ticket: UInt64, _ names: [IncarnationName]) {
    let open = names.filter { $0.id != me.id && view?.lists($0) == true }
    for name in open where !links.watches(name) { links.doubt(name) }
    let canTell = hasLease && steadiness.isSteady(at: now)
    effects.append(.giveWord(ticket: ticket, canTell ? open.filter { links.isMute($0) } : []))
  }
}
