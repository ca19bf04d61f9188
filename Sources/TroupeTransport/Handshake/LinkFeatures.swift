// What a side understands beyond the version that both speak: one bit each in HELLO, used where both have it.

public struct LinkFeatures: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Large frames in chunks, with credits: BEGIN, CHUNK, CREDIT and STOP.
  public static let chunks = LinkFeatures(rawValue: 1)

  /// When what follows has left: STAMP.
  public static let stamps = LinkFeatures(rawValue: 2)

  /// Calls that nobody waits for any more: CANCEL.
  public static let cancel = LinkFeatures(rawValue: 4)

  /// Links that end without a call lost: GOAWAY.
  public static let goAway = LinkFeatures(rawValue: 8)

  /// Frames that LZ4 makes smaller: COMPRESSED, and a zone in HELLO.
  public static let lz4 = LinkFeatures(rawValue: 16)

  /// Calls that give way to others: a flag of CALL.
  public static let bulk = LinkFeatures(rawValue: 32)

  /// Calls that were under way to a node when it ended, told apart from others when they are sent again: a flag of CALL.
  public static let orphans = LinkFeatures(rawValue: 64)

  /// What a side must have for calls to be said to it in the words of this version.
  static let spelling: LinkFeatures = [.identities, .bulk, .orphans]

  /// Whom calls are made for, signed and named by index: IDENTITY. A side that checks no identities does not offer it.
  public static let identities = LinkFeatures(rawValue: 4_096)

  /// What this version of the code understands.
  public static let known: LinkFeatures = [.chunks, .stamps, .cancel, .goAway, .lz4, .bulk, .orphans, .identities]
}
