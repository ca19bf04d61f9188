// The bounds of a link, in one place. Each exists so that a peer, hostile or only slow, cannot make us hold memory or wait
// without end; `protocols/wire-frames.md` repeats those that a peer must know.

public enum TransportLimits {
  /// The largest frame, bytes, its length field not counted: 16 MiB of arguments or reply, with room for what stands before them.
  public static let frame = (16 << 20) + (64 << 10)

  /// The largest frame until both sides have said HELLO: a stranger gets no memory.
  public static let frameBeforeHello = 64 << 10

  /// Time from an open connection to the peer's HELLO.
  public static let hello: Duration = .seconds(3)

  /// Calls and questions of one link without an answer. 64 times what saturates a core; past it callers are refused.
  public static let pendingCalls = 65_536

  /// Calls that wait for a link which is not open yet.
  public static let waitingCalls = 4_096

  /// Output not yet taken by the kernel, bytes, past which new calls are refused. Half of what ends a connection.
  public static let output = 32 << 20

  /// Output past which incoming calls are refused unseen, bytes: their answers would only make the heap larger.
  public static let outputForAnswers = 16 << 20

  /// Gathered output that is sent without waiting for the end of the pass, bytes: the peer begins while we go on.
  static let gather = 64 << 10

  /// The same in frames, for answers are small. Fewer cost system calls, more make callers and called take turns.
  static let gatherFrames = 512

  /// A buffer that grew beyond this, bytes, is given back once it is empty.
  static let keptBuffer = 1 << 20

  /// How often a link looks whether its peer is alive.
  static let keepAliveTick: Duration = .milliseconds(500)

  /// Silence after which a link asks for a sign of life.
  static let pingAfter: Duration = .seconds(1)

  /// Silence after which the peer counts as gone.
  public static let silence: Duration = .seconds(3)

  /// How often links are looked through for denied peers and certificates that have run out.
  static let inspection: Duration = .seconds(2)

  /// Deadlines are looked through at most this often: callers see theirs up to so much late.
  static let sweep: Duration = .milliseconds(10)

  /// How soon a cancelled task is noticed, with up to `callsALook` calls under way on its link; twice as late with twice as many.
  static let cancelLook: Duration = .milliseconds(25)
  static let callsALook = 2_048

  /// How long a peer that was asked to call over another link may take.
  static let leaving: Duration = .seconds(30)

  /// While `linkMayFlush` says no, it is asked again this often.
  static let holdRetry: Duration = .milliseconds(25)

  /// Entity ids, identities, names: what a length field of two bytes can say.
  static let text = Int(UInt16.max)

  /// Entities in the chain of a call; the runtime refuses longer ones with a better sentence.
  public static let chain = 255

  /// Connections that one loop has accepted and not yet lost.
  public static let acceptedLinks = 16_384

  /// What a refused caller is told to wait when nobody knows better, milliseconds.
  static let retryAfter: UInt32 = 50
}
