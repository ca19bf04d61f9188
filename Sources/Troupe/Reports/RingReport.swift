// What one node tells of the ring as it sees it: its shards on their way, its lease, the others' beats, the last changes of the view. For
// the operators' page and `shopstream status --watch`.

/// One node's sight of the ring.
@Wire public struct RingReport: Hashable, Sendable {
  /// Shards that a node has by the view and does not serve yet.
  @Wire public struct Arrival: Hashable, Sendable {
    /// "waiting": for a lease that may still run, or for one of its own. "taking": its fence is being raised. "fenced": its tail is to be
    /// read. "reading": that is done now. "doubted": its log met another fence.
    public var step: String
    public var count: Int
    public var shards: [UInt16]
  }

  /// Shards that a node gives away.
  @Wire public struct Handoff: Hashable, Sendable {
    /// Nil when it leaves as the last.
    public var to: String?
    /// "sealing": running turns end. "sealed": quiet. "giving": the change of the register is out.
    public var step: String
    public var count: Int
    public var shards: [UInt16]
    public var age: Duration
  }

  /// Shards that should be at another node, and have not begun to move.
  @Wire public struct Gift: Hashable, Sendable {
    public var to: String
    public var count: Int
  }

  /// A buried member whose lease may still run.
  @Wire public struct LeaseWait: Hashable, Sendable {
    public var node: String
    public var incarnation: UInt64
    /// For how long at most; nil while that is not known.
    public var left: Duration?
  }

  /// What a node knows of another.
  @Wire public struct PeerSight: Hashable, Sendable {
    public var node: String
    public var incarnation: UInt64
    /// How long ago its last beat was seen for the first time; nil before one was.
    public var lastBeat: Duration?
    /// For how long its frames are believed yet; zero when they are not.
    public var believedFor: Duration
    /// Probes in a row without an answer; nil when the node does not watch it.
    public var missedProbes: Int?
    /// Calls to it fail, and it has not answered a probe since.
    public var isDoubted: Bool
    /// Its beat stands still and its probes go unanswered; and that for so long that it will be buried, once another node says so too.
    public var isFading: Bool
    public var isSuspected: Bool
  }

  public var node: String
  public var incarnation: UInt64
  /// Of the newest view that it has read.
  public var epoch: UInt64
  /// When it told this, in milliseconds since 1970 by its own clock.
  public var time: Int64
  /// How much of its lease is left; zero without one. And how long a fresh one is.
  public var lease: Duration
  public var leaseLength: Duration
  /// Whether its own beats have gone on for long enough that others' silence means something to it.
  public var isSteady: Bool
  /// Shards whose calls it answers.
  public var serving: Int
  /// The others that the view gives it, by what it does about them.
  public var arriving: [Arrival]
  /// What it gives away now, and what it has yet to give.
  public var leaving: [Handoff]
  public var toGive: [Gift]
  /// Buried members whose leases may still run: shards that came by their burials wait for them.
  public var leaseWaits: [LeaseWait]
  /// The other members, those that it is worried about first; at most `peerLimit`.
  public var peers: [PeerSight]
  /// The last that it has seen, the oldest first.
  public var changes: [ViewChange]

  /// Peers in one report, and shards named in one part of it: the numbers beside them are whole.
  public static let peerLimit = 256
  public static let shardLimit = 2_048
}

/// A change of the view, or several in which only shards moved, as a node saw it.
@Wire public struct ViewChange: Hashable, Sendable {
  /// What was seen before, and what was seen last.
  public var since: UInt64
  public var epoch: UInt64
  /// When the first of it was seen, and the last; in milliseconds since 1970, by the clock of the node that saw it.
  public var began: Int64
  public var ended: Int64
  /// Sentences without a full stop.
  public var words: [String]
}

extension AskTopic {
  static let ring = AskTopic(rawValue: 17)
}
