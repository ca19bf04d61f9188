// What one link looks like from outside, at one moment. For people and for metrics; `Link+Report` makes it.

public struct LinkReport: Sendable, Hashable {
  /// A word rather than a case, so that a newer process may have one more.
  public struct State: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The next attempt to connect has not begun; calls wait.
    public static let waiting = State(rawValue: "waiting")
    public static let connecting = State(rawValue: "connecting")
    /// Connected; HELLO is under way.
    public static let greeting = State(rawValue: "greeting")
    public static let open = State(rawValue: "open")
    /// Open, and calls wait in it: without a lease they may not leave, or those on the link before have not arrived.
    public static let held = State(rawValue: "held")
    /// Takes no new calls, and ends when those under way are answered.
    public static let leaving = State(rawValue: "leaving")
    public static let ended = State(rawValue: "ended")
  }

  /// Which loop of this process it is on.
  public var loop: Int
  /// Tells the links of a loop apart, as long as the process lives.
  public var number: UInt64
  /// The peer's name; empty while nobody knows who it is.
  public var peer: String
  /// "node", "gateway" or "operator"; empty while nobody knows.
  public var role: String
  /// Which loop of the peer it ends on.
  public var peerLoop: Int
  /// Where the peer is; empty while there is no connection.
  public var address: String
  /// This process dialled; otherwise the peer did.
  public var isOutgoing: Bool
  public var state: State
  /// Since it opened; before that, since it was made.
  public var age: Duration
  /// Since it last carried a call or a question of this side; nil before it is open, and on links that the peer dialled.
  public var idle: Duration?
  /// Since anything came over it; nil before it is open.
  public var heard: Duration?
  /// Of the last PING that was answered. Links that are busy, or too young, have sent none.
  public var roundTrip: Duration?
  /// Calls and questions of this side without an answer.
  public var calls: Int
  /// Since it was made. Frames that their callers took back before the link opened are among those that were sent.
  public var framesIn: UInt64
  public var framesOut: UInt64
  /// Of frames, before TLS.
  public var bytesIn: UInt64
  public var bytesOut: UInt64
  /// Output that the kernel has not taken yet, bytes: frames that wait, chunks to come, what the connection holds.
  public var queuedBytes: Int
  /// Frames that wait for the end of a pass, for the lease, or behind another link.
  public var heldFrames: Int
  /// Large messages that have not left whole.
  public var largeMessages: Int
  /// Bytes of chunks that left and that the peer has not given back, of the 262,144 that may be under way.
  public var creditsInUse: Int
  /// Bytes that large calls which are still arriving have announced.
  public var arrivingBytes: Int
  /// Of frames that left smaller: bytes before, and after.
  public var bytesBeforeCompression: UInt64
  public var bytesAfterCompression: UInt64
  /// What both sides know beyond the version; empty before it is open.
  public var features: LinkFeatures
  /// Who the peer's certificate says it is; nil without TLS.
  public var identity: String?
  /// Carries questions and no calls: signs of life and views. Only the side that dialled it knows; false too in the report of a process
  /// that does not tell yet.
  public var isControl = false

  /// How many times smaller frames became that were compressed; nil when none was.
  public var compressionRatio: Double? {
    bytesAfterCompression == 0 ? nil : Double(bytesBeforeCompression) / Double(bytesAfterCompression)
  }
}

extension LinkFeatures {
  /// For people, in the order of their bits.
  public var names: [String] { Self.words.filter { contains($0.0) }.map(\.1) }

  /// The feature that is called so.
  public init?(named name: String) {
    guard let found = Self.words.first(where: { $0.1 == name }) else { return nil }
    self = found.0
  }

  private static let words: [(LinkFeatures, String)] = [
    (.chunks, "chunks"), (.stamps, "stamps"), (.cancel, "cancel"), (.goAway, "goaway"), (.lz4, "lz4"), (.bulk, "bulk"),
    (.orphans, "orphans"), (.identities, "identities"),
  ]
}
