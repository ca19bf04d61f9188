// How a group of consumers wants to be served.

/// Where a group begins that the store does not know yet, how often it is tried, and how much it gets at once.
public struct ConsumerPolicy: Hashable, Sendable {
  public enum Start: Hashable, Sendable {
    /// With everything that the logs still hold.
    case beginning
    /// With what is recorded from now on.
    case end
  }

  public var start = Start.beginning
  /// Tries of one message before it becomes a dead letter: with the pauses below about 20 seconds. 1 to 100.
  public var attempts = 8
  /// Between the first two tries, doubled with each, up to the longest; between a half and the whole of that.
  public var firstPause = Duration.milliseconds(100)
  public var longestPause = Duration.seconds(30)
  /// Records of one batch, 1 to 4,096. More cost less each, and are repeated together.
  public var batch = 256
  /// Time for one batch, after which it counts as failed; it may still take effect.
  public var patience = Duration.seconds(30)
  /// Records of a shard that the log keeps for this group beyond what recovery needs. A group that is further behind is cut off by name,
  /// and has to begin anew. A million records of 300 bytes are 300 MB.
  public var retention = 1_000_000

  /// Records that must have come together before any are fetched. For who wants few large pieces, however late.
  var atLeast = 1

  public init() {}

  /// Nil when it is sound, or what is wrong with it.
  func fault() -> String? {
    if !(1...100).contains(attempts) { return "attempts must be 1 to 100, not \(attempts)" }
    if !(1...4_096).contains(batch) { return "a batch has 1 to 4,096 records, not \(batch)" }
    if firstPause <= .zero || longestPause < firstPause { return "the pauses \(firstPause) and \(longestPause) do not rise" }
    if patience <= .zero { return "patience must be more than nothing" }
    if retention < 0 { return "retention cannot be less than nothing" }
    return nil
  }
}
