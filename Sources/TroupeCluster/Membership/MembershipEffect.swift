// Everything that membership wants done. The driver does it and decides nothing.

/// What the machine asks of the driver, in order.
public enum MembershipEffect: Hashable, Sendable {
  // MARK: The store

  /// Write this count. The lease is counted from the `now` that came with the event, so begin at once.
  case beat(counter: UInt64)
  /// Read the beats without writing one: a node that is not listed yet.
  case readBeats
  case readRegister
  case createCluster(View)
  case compareAndSet(View)

  // MARK: Peers

  /// Reach these members and be reached by them; each that works is a `.greeted`.
  case greet([Member])
  /// Send a heartbeat to each; who has a lease answers, once each of its loops has taken a turn.
  case probe([Member])
  /// Ask these members whether the suspects are dead.
  case askWord(round: UInt64, [IncarnationName], of: [Member])
  case giveWord(ticket: UInt64, [IncarnationName])
  /// Ask these members which of the first they do not hear either.
  case askUnheard(round: UInt64, [IncarnationName], of: [Member])
  /// Tell everybody on a link: they may be behind.
  case tellEpoch(Epoch)
  /// Until when frames of each listed incarnation may be accepted.
  case believe([IncarnationName: Moment])

  // MARK: Self

  /// Route by this view from now on. Comes before the shards that it takes or gives.
  case viewChanged(View)
  case joined
  /// Answers may leave until then, by a clock read afresh.
  case leaseRenewed(until: Moment)
  /// It ran out, or this incarnation is no member any more. Memory is kept unless `.drop` says otherwise.
  case leaseLost
  case takeOver([ShardID])
  /// Serve on, and let the new owners read what these shards stand on. Answered by `.shardsWarmed`, all of one owner's together.
  case warm([ShardID: NodeID])
  /// End what runs, begin nothing, hand over what only memory has. Names the new owners; itself, when this node leaves as the last.
  case seal([ShardID: NodeID], TransferID)
  case unseal([ShardID])
  /// Forget these: somebody else owns them since this epoch.
  case drop([ShardID], Epoch)
  case settingEnded(ticket: UInt64, SettingOutcome)
  /// For the log.
  case note(String)
  /// The last effect of this machine.
  case stop(StopReason)
}

public enum SettingOutcome: Hashable, Sendable {
  case done
  case refused(ViewRefusal)
  /// The register did not take it in time; it may yet.
  case unknown
  /// Too many settings wait already.
  case overloaded
}

/// Why this incarnation is no member any more, or never became one.
public enum StopReason: Hashable, Sendable {
  case left
  /// The others took this node for dead. It may join again as a new incarnation.
  case buried
  /// Another process runs under this id: its beat moves.
  case idTaken(IncarnationName)
  case refused(ViewRefusal)
  /// The register is older than what this node has seen of it: a store restored from a backup, or two stores.
  case registerWentBackwards(from: Epoch, to: Epoch)
}

extension StopReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .left: "this node has left the cluster"
    case .buried: "the other members took this node for dead"
    case .idTaken(let name): "another process runs as this node: \(name) beats"
    case .refused(let refusal): "this node cannot join: \(refusal)"
    case .registerWentBackwards(let old, let new): "the register went back from epoch \(old) to \(new): it is not the one it joined"
    }
  }
}
