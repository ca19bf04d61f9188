// Becoming a member: the first of a new cluster, a newcomer, or the next incarnation of a node that died.

extension MembershipMachine {
  mutating func started() {
    startedAt = now
    register.wantsRead = true
  }

  /// The register is empty: this node is the first.
  mutating func createIfDue() {
    guard phase == .joining, register.change == nil, now >= register.notBefore else {
      return register.readFailed(now: now, &random)
    }
    propose(.create, .first(cluster: cluster, shardCount: shardCount, member: me))
  }

  /// A newcomer joins once it and every member that beats have met, and once an earlier incarnation of its own has been silent for
  /// so long that it can be buried, or has ended for certain.
  mutating func joinIfDue() {
    guard phase == .joining, let view else { return }
    let old = view.member(me.id)?.name
    if let old, !hasEnded(old), peerBeats.moves(old) >= Self.movesOfALivingNode { return stop(.idTaken(old)) }
    let strangers = view.members.filter { $0.id != me.id && !greeted.contains($0.name) }
    greet(strangers)
    guard mayChange, !strangers.contains(where: { isBeating($0.name) }) else { return }
    if let old, !hasEnded(old), peerBeats.stillness(old) < times.wait { return }
    do throws(ViewRefusal) {
      propose(.join, try view.joining(me, burying: old?.incarnation))
    } catch {
      stop(.refused(error))
    }
  }

  /// Late writes can move a dead one's beat once or twice.
  private static var movesOfALivingNode: Int { 4 }

  private mutating func greet(_ strangers: [Member]) {
    guard !strangers.isEmpty, now >= nextGreeting else { return }
    nextGreeting = now + times.greetEvery
    effects.append(.greet(strangers))
  }

  /// Of another node that is never known.
  func hasEnded(_ name: IncarnationName) -> Bool { name.id == me.id && ended.contains(name.incarnation) }

  mutating func becomeMember() {
    phase = .member
    nextBeat = now
    effects.append(.joined)
  }
}
