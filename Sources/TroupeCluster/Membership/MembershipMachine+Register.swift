// The register: reading it, changing it, and what to do when nobody knows whether a change happened.

extension MembershipMachine {
  var isBehind: Bool { register.known > view?.epoch ?? .none }

  mutating func readIfDue() {
    guard register.read == nil, now >= register.readNotBefore, isBehind || register.wantsRead else { return }
    register.read = RegisterAccess.Read(start: now, floor: view?.epoch ?? .none)
    register.wantsRead = false
    effects.append(.readRegister)
  }

  mutating func registerRead(_ found: View?) {
    guard let read = register.read else { return }
    register.read = nil
    let epoch = found?.epoch ?? .none
    guard epoch >= read.floor else { return stop(.registerWentBackwards(from: read.floor, to: epoch)) }
    register.settle(read, at: epoch)
    if register.unresolved == epoch { register.mayVoid = true }
    guard let found else { return createIfDue() }
    if epoch > view?.epoch ?? .none { adopt(found) }
  }

  mutating func registerReadFailed() {
    register.read = nil
    register.readFailed(now: now, &random)
  }

  // MARK: Changes

  /// A change is built on the newest view that anybody spoke of, one at a time, and not on one that may be changed behind our back.
  var mayChange: Bool {
    register.change == nil && register.unresolved == nil && now >= register.notBefore && !isBehind && (hasLease || phase == .joining)
  }

  /// What is sealed stays sealed while a change that gives it away is out, or may yet happen.
  var mayUnseal: Bool {
    register.unresolved == nil && register.change?.purpose != .give && register.change?.purpose != .leave
  }

  mutating func propose(_ purpose: RegisterAccess.Purpose, _ next: View) {
    let next = next.forgetting(waits.past(at: now, wait: times.wait))
    register.change = RegisterAccess.Change(purpose: purpose, view: next)
    effects.append(purpose == .create ? .createCluster(next) : .compareAndSet(next))
  }

  mutating func changeEnded(_ outcome: ChangeOutcome) {
    guard let change = register.change else { return }
    register.change = nil
    switch outcome {
    case .stored:
      register.succeeded()
      register.heard(change.view.epoch, now: now)
      effects.append(.tellEpoch(change.view.epoch))
      if change.view.epoch > view?.epoch ?? .none { adopt(change.view) }
    case .lost(let current):
      register.heard(current, now: now)
      register.wantsRead = true
      register.failed(now: now, atOnce: 1, &random)
    case .failed:
      register.failed(now: now, atOnce: 0, &random)
      if change.purpose == .create { register.wantsRead = true }
      // Nothing was done, and what it was to put an end to is still open: nobody else may come to move the register.
      if change.purpose == .void { register.mayVoid = true }
    case .unknown:
      register.unresolved = Epoch(change.base)
      register.mayVoid = false
      register.wantsRead = true
      register.failed(now: now, atOnce: 1, &random)
    }
  }

  /// A change with unknown outcome is dead once the register has left the epoch that it was built on. If nobody else moves it, a void
  /// does.
  mutating func voidIfDue() {
    guard let base = register.unresolved else { return }
    if let view, view.epoch > base { return register.unresolved = nil }
    guard register.mayVoid, register.change == nil, now >= register.notBefore else { return }
    guard let view else {
      // There is no register yet: creating it again is as good as a void.
      register.unresolved = nil
      return createIfDue()
    }
    register.mayVoid = false
    propose(.void, view.voiding())
  }

  // MARK: A newer view

  mutating func adopt(_ next: View) {
    precondition(next.epoch > view?.epoch ?? .none, "the view \(next.epoch) is not newer than \(view!.epoch)")
    guard next.cluster == cluster else { return stop(.refused(.wrongCluster(next.cluster))) }
    guard next.placement == View.placementName else { return stop(.refused(.unknownPlacement(next.placement))) }
    shards.resize(to: next.shardCount)
    let buried = next.burials.contains { next.member($0.id) == nil && view?.burials.contains($0) == false }
    view = next
    register.heard(next.epoch, now: now)
    // The last count of who was buried is read at once: it says when its heirs may begin.
    if waits.adopted(next, now: now) { nextBeat = min(nextBeat, now) }
    // Not for one that has come back at once: somebody who does that again and again must not keep the others from being heard out.
    if buried { unheardInquiry.rest(until: now + times.unheardRest) }
    peerBeats.watch(Set(next.members.map(\.name) + next.burials), now: now)
    effects.append(.viewChanged(next))
    let isListed = next.lists(me.name)
    if phase == .joining, isListed { becomeMember() }
    guard phase == .member else { return }
    guard isListed else { return stop(isLeaving ? .left : .buried) }
    chooseWatched()
    reconcile(next)
  }
}
