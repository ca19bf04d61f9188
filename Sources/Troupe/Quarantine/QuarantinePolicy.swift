// How long an entity is left alone whose calls ended the processes that ran them.

/// The pauses of a quarantine; see ADR 0025.
public struct QuarantinePolicy: Hashable, Sendable {
  /// After the first death. A node that ends for another reason just while it runs such a call leaves its entity alone for as long, so it is
  /// short. Default 5 s.
  public var firstPause: Duration
  /// With each further death the pause becomes eight times as long, up to this. Default 6 hours.
  public var longestPause: Duration

  public init(firstPause: Duration = .seconds(5), longestPause: Duration = .seconds(6 * 3_600)) {
    self.firstPause = firstPause
    self.longestPause = longestPause
  }

  func pause(after deaths: Int) -> Duration {
    var pause = firstPause
    for _ in 1..<max(1, deaths) where pause < longestPause { pause = pause * 8 }
    return min(pause, longestPause)
  }

  /// What is wrong with it, as a sentence.
  var refusal: String? {
    guard firstPause >= .zero, longestPause >= firstPause, longestPause <= Suspects.memory else {
      return "a quarantine takes from nothing to a day, not \(firstPause) to \(longestPause)"
    }
    return nil
  }
}
