// Everything that a node can learn about itself, the store and its peers, as far as membership goes.

/// How an attempt to change the register ended.
public enum ChangeOutcome: Hashable, Sendable {
  case stored
  /// The register was at another epoch; nothing changed, and this attempt never will.
  case lost(current: Epoch)
  /// Nothing changed, and this attempt never will.
  case failed
  /// It may have changed, or may yet.
  case unknown
}

/// What the driver tells the machine. Answers of the store come exactly once for each effect that asks for one.
public enum MembershipEvent: Sendable {
  case started
  /// Time has passed: see `MembershipMachine.wakeAt`.
  case tick

  // MARK: The store

  /// Answers `.beat`. The beats are those of all listed members, and of the view's burials where the store still has them.
  case beatTaken(Epoch, [PeerBeat])
  /// Answers `.beat`: this incarnation is not listed.
  case beatRefused(Epoch)
  /// Answers `.beat`: an error or a timeout.
  case beatFailed
  /// Answers `.readBeats`.
  case beatsRead(Epoch, [PeerBeat])
  case beatsReadFailed
  /// Answers `.readRegister`; nil when there is no cluster yet.
  case registerRead(View?)
  case registerReadFailed
  /// Answers `.createCluster` and `.compareAndSet`.
  case changeEnded(ChangeOutcome)

  // MARK: Peers

  /// A probe was answered: the peer has a lease and works.
  case probeAnswered(IncarnationName)
  /// Calls to it fail: its breaker has opened on one of this node's loops. A hint, that a probe may refute at once.
  case peerDoubted(IncarnationName)
  /// The member and this node reach each other, both authenticated.
  case greeted(IncarnationName)
  /// A peer, or a call, spoke of this epoch.
  case epochHeard(Epoch)
  /// A peer asks whether these are dead; `ticket` is the driver's, for the answer.
  case wordAsked(ticket: UInt64, [IncarnationName])
  /// A peer answered `.askWord`: these are dead as far as it knows.
  case wordGiven(by: IncarnationName, round: UInt64, [IncarnationName])
  /// A peer asks which of these this member does not hear either. Answered by `.giveWord`.
  case unheardAsked(ticket: UInt64, [IncarnationName])
  /// A peer answered `.askUnheard`: it has not heard these for as long.
  case unheardGiven(by: IncarnationName, round: UInt64, [IncarnationName])

  // MARK: Shards

  /// After `.takeOver`: the fence is raised, calls wait for the tail.
  case shardFenced(ShardID)
  /// After `.takeOver`: fence raised, tail read, calls are answered. The driver repeats a take-over until then, or until `.drop`.
  case shardServed(ShardID)
  /// After `.warm`: the new owner has read ahead, or will not; the shards are moved either way.
  case shardsWarmed([ShardID], NodeID)
  /// What some of this node's shards have cost lately, relative to each other: each loop tells of its own.
  case heatMeasured([ShardID: UInt64])
  /// After `.seal`: nothing runs, nothing waits for the disk.
  case shardSealed(ShardID)
  /// An append met another's fence. The driver has forgotten the shard's memory; it is taken over again if it is still owned.
  case shardLost(ShardID)

  // MARK: People

  /// Give everything away, then leave.
  case leaveRequested
  case settingRequested(ticket: UInt64, Setting)
}
