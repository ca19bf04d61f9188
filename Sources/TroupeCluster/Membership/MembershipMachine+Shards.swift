// Which shards this node has, as the view says, and when it may take them over.

extension MembershipMachine {
  /// Shards that the view gives this node begin to wait; what it takes away is dropped.
  mutating func reconcile(_ next: View) {
    let own = UInt16(next.index(of: me.id)!)
    var dropped: [ShardID] = []
    for (index, owner) in next.owners.enumerated() {
      let shard = ShardID(index)
      if owner == own {
        if shards[shard] == .away { shards[shard] = .waiting }
      } else if shards[shard] != .away {
        shards[shard] = .away
        dropped.append(shard)
        warmUps.forget(shard)
        batch?.targets[shard] = nil
      }
    }
    if !dropped.isEmpty { effects.append(.drop(dropped, next.epoch)) }
    if batch?.targets.isEmpty == true { batch = nil }
  }

  /// What came sealed is taken at once. The rest waits until the lease of everybody who was buried lately is over: an earlier owner
  /// may be any of them, for views may have been skipped. Who has ended for certain has no lease.
  mutating func takeOverIfDue() {
    guard hasLease, let view, shards.count(.waiting) > 0 else { return }
    let isClear = view.burials.allSatisfy { hasEnded($0) || waits.end(of: $0, wait: times.wait) <= now }
    let ready = shards.all(.waiting).filter { isClear || view.transfers[$0] != nil }
    guard !ready.isEmpty else { return }
    for shard in ready { shards[shard] = .taking }
    effects.append(.takeOver(ready))
  }

  mutating func shardFenced(_ shard: ShardID) {
    if shards[shard] == .taking { shards[shard] = .fenced }
  }

  mutating func shardServed(_ shard: ShardID) {
    if shards[shard] == .taking || shards[shard] == .fenced { shards[shard] = .serving }
  }

  /// Somebody raised the fence of a shard that this node has: the register says whose it is now.
  mutating func shardLost(_ shard: ShardID) {
    guard shards[shard] != .away, shards[shard] != .waiting else { return }
    shards[shard] = .doubted
    batch?.targets[shard] = nil
    if batch?.targets.isEmpty == true { batch = nil }
    register.wantsRead = true
  }

  /// The register was read after the doubt arose, this node still owns them, and no give of its own may yet take them away: the
  /// fence is raised again.
  mutating func resumeDoubted() {
    guard !register.wantsRead, register.read == nil, mayUnseal else { return }
    for shard in shards.all(.doubted) { shards[shard] = .waiting }
  }
}
