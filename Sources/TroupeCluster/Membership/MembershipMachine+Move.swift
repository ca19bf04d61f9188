// Giving away: each owner moves, a few at a time, what should be elsewhere. Joining, draining, weights and pins are all this.

extension MembershipMachine {
  mutating func moveIfDue() {
    guard hasLease else { return }
    let next = batch != nil && warmUps.count >= 3 * MembershipTimes.sealedAtOnce ? [] : nextToMove()
    let begun = warmUps.begin(next, now: now, times: times)
    if !begun.isEmpty { effects.append(.warm(begun)) }
    if batch == nil { sealNext(of: next) }
    guard let batch else { return }
    guard mayUnseal else { return }
    let isLate = now - batch.sealedAt >= times.sealPatience
    if isLate, !batch.isFarewell { return unsealBatch("the register was busy for \(times.sealPatience)") }
    guard !batch.isFarewell else { return }
    give()
  }

  /// The next shards that should be elsewhere and whose new owner is alive: one batch that is sealed, and one that is read ahead meanwhile.
  private mutating func nextToMove() -> [(shard: ShardID, target: NodeID)] {
    guard let view, !isFarewell, register.unresolved == nil else { return [] }
    if misplaced.epoch != view.epoch { misplaced = (view.epoch, inOrder(Placement.misplaced(of: me.id, in: view))) }
    cooling = cooling.filter { $0.value > now }
    var next: [(shard: ShardID, target: NodeID)] = []
    for (shard, target) in misplaced.shards where next.count < 2 * MembershipTimes.sealedAtOnce {
      let isServed = shards[shard] == .serving || isUnservedAndGiven(shard)
      if isServed, cooling[shard] == nil, canReceive(target) { next.append((shard, target)) }
    }
    return next
  }

  /// The hottest last, when the cluster evens out: it can be undone until then, and they have most to lose. But first from a node that
  /// goes: whatever cuts it short, they must not be what is left.
  private func inOrder(_ moves: [(shard: ShardID, target: NodeID)]) -> [(shard: ShardID, target: NodeID)] {
    guard !heat.isEmpty else { return moves }
    let isGoing = wantsToLeave || view?.member(me.id)?.state == .draining
    return moves.sorted { left, right in
      let (one, other) = (heat[left.shard] ?? 0, heat[right.shard] ?? 0)
      return one == other ? left.shard < right.shard : (one > other) == isGoing
    }
  }

  private func isUnservedAndGiven(_ shard: ShardID) -> Bool {
    Sabotage.giveUnserved.isOn && shards[shard] != .serving && shards[shard] != .sealing
  }

  private mutating func sealNext(of next: [(shard: ShardID, target: NodeID)]) {
    var targets: [ShardID: NodeID] = [:]
    for (shard, target) in next where targets.count < MembershipTimes.sealedAtOnce {
      guard isUnservedAndGiven(shard) || warmUps.isOver(shard, target, now: now, times: times) else { continue }
      targets[shard] = target
    }
    seal(targets, isFarewell: false)
  }

  mutating func seal(_ targets: [ShardID: NodeID], isFarewell: Bool) {
    guard !targets.isEmpty else { return }
    for shard in targets.keys { shards[shard] = Sabotage.giveUnserved.isOn && shards[shard] != .serving ? .sealed : .sealing }
    let open = batch ?? HandoffBatch(targets: [:], transfer: TransferID(random.next()), sealedAt: now, isFarewell: isFarewell)
    batch = open.adding(targets)
    effects.append(.seal(targets, open.transfer))
  }

  /// It has beaten at least once, and lately, and answers where this member watches it: unless hardly anybody answers, which does not keep
  /// a member from leaving.
  private func canReceive(_ id: NodeID) -> Bool {
    guard let name = view?.member(id)?.name else { return false }
    return peerBeats.hasBeaten(name) && isBeating(name) && (!links.isSilent(name) || links.hearsFew)
  }

  mutating func shardSealed(_ shard: ShardID) {
    if shards[shard] == .sealing { shards[shard] = .sealed }
  }

  /// Gives what is quiet; what is not quiet in time goes back to work and is tried later.
  private mutating func give() {
    guard let view, var batch else { return }
    let late = batch.shards.filter { shards[$0] == .sealing }
    guard late.isEmpty || now - batch.sealedAt >= times.sealLimit else { return }
    // Members may have come and gone since the sealing.
    let stranded = batch.targets.filter { shards[$0.key] == .sealed && !canReceive($0.value) }.keys
    unseal(late + stranded)
    for shard in late + stranded { batch.targets[shard] = nil }
    guard !batch.targets.isEmpty else { return self.batch = nil }
    self.batch = batch
    guard mayChange else { return }
    do throws(ViewRefusal) {
      propose(.give, try view.giving(batch.targets, from: me.id, transfer: batch.transfer))
    } catch {
      unsealBatch("\(error)")
    }
  }

  mutating func unsealBatch(_ why: String) {
    guard let batch else { return }
    effects.append(.note("shards \(batch.shards) stay: \(why)"))
    unseal(batch.shards)
    self.batch = nil
  }

  private mutating func unseal(_ late: [ShardID]) {
    guard !late.isEmpty else { return }
    for shard in late.sorted() {
      shards[shard] = .serving
      cooling[shard] = now + times.cooling / 2 + random.upTo(times.cooling)
    }
    effects.append(.unseal(late.sorted()))
  }
}
