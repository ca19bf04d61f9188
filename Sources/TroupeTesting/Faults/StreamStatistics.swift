// What a faulty stream has done so far.

/// Counts of one direction: of one connection, or of all together.
public struct StreamStatistics: Hashable, Sendable, Codable {
  /// Bytes that came in.
  public var taken = 0
  /// Bytes that went out, duplicates included.
  public var passed = 0
  /// Bytes that never will: swallowed by a black hole, or sent behind a half-close or reset.
  public var vanished = 0
  /// Chunks that were held back for a delay.
  public var delayed = 0
  /// Chunks that were sent twice.
  public var duplicated = 0
  /// Bits that were flipped.
  public var flipped = 0
  /// Ends that no sender had asked for.
  public var halfCloses = 0
  /// Resets that no sender had asked for.
  public var resets = 0

  public init() {}

  static func += (sum: inout StreamStatistics, part: StreamStatistics) {
    sum.taken += part.taken
    sum.passed += part.passed
    sum.vanished += part.vanished
    sum.delayed += part.delayed
    sum.duplicated += part.duplicated
    sum.flipped += part.flipped
    sum.halfCloses += part.halfCloses
    sum.resets += part.resets
  }
}
