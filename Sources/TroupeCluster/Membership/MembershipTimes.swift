// All waits of membership, derived from one number: the lease.

/// How long things take in the life of a member. The defaults suit a store that answers within a third of a second.
public struct MembershipTimes: Hashable, Sendable {
  /// L. Shorter leases fail over faster and forgive a slow store less.
  public var lease: Duration

  public init(lease: Duration = Lease.defaultLength) { self.lease = lease }

  /// A beat can fail twice before the lease is in danger.
  public var beatEvery: Duration { lease / 5 }
  /// How long a buried one's last beat must have stood still: its lease, and 5 % for clocks that run apart.
  public var wait: Duration { Sabotage.leaseMargin.isOn ? lease : lease * 21 / 20 }
  /// A beat that moved this lately is alive: a member to ask, or to give shards to. Past it, others are asked for their word.
  public var aliveWithin: Duration { lease / 2 }
  /// A beat that stands still this long can be the reason for a burial: three beats were missed, and the burial is stored while
  /// the wait still runs.
  public var suspectAfter: Duration { lease * 7 / 10 }
  /// How long a member that is asked for its word waits for the suspect to answer it.
  public var confirmWithin: Duration { beatEvery }
  /// How often the others are asked about members that this one does not hear.
  public var askUnheardEvery: Duration { lease * 2 }
  /// How long what was said to that question counts.
  public var unheardWordLasts: Duration { .seconds(3) }
  /// How long after a burial nobody is buried for not being heard.
  public var unheardRest: Duration { beatEvery * LinkWatch.unheardProbes }
  /// How long the asker waits for words before it asks again.
  public var askAgainAfter: Duration { beatEvery * 3 / 2 }
  /// How long a move waits for its target to read ahead.
  public var warmLimit: Duration { lease / 5 }
  /// After which what was read ahead is read again: the target forgets it a little later.
  public var warmFor: Duration { .seconds(8) }
  /// How long who let the limit pass is not waited for.
  public var coldFor: Duration { .seconds(10) }
  /// How long running turns may hold up a move: past it, callers wait too long for one shard.
  public var sealLimit: Duration { .milliseconds(200) }
  /// How long ready shards stay sealed while the register is contended, before they are served again.
  public var sealPatience: Duration { .seconds(2) }
  /// How long a shard that could not be sealed in time is left alone.
  public var cooling: Duration { .seconds(1) }
  /// How often an unanswered greeting is repeated.
  public var greetEvery: Duration { .milliseconds(500) }
  /// How long an operator's setting is tried.
  public var settingLimit: Duration { .seconds(5) }
  /// The machine wants to be woken at least this often.
  public var tick: Duration { .milliseconds(50) }

  /// Shards that are sealed at once, and so the most that move in one change of the register.
  public static let sealedAtOnce = 8
  /// Peers that are asked for their word at once.
  public static let confirmersAsked = 3
  /// A word may come this many questions late: on slow links the next question goes out before it.
  public static let roundsRemembered: UInt64 = 4
  /// Words that are asked of this node at once; more are answered with a refusal.
  public static let pendingWords = 64
  /// Settings that wait for the register.
  public static let pendingSettings = 16
}
