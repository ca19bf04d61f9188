// What one operation of the store may still spend, and what its failure means: known to have done nothing, or not.
import TroupeAWS
import TroupeJournal

struct Budget {
  /// For messages: "an append to shard 7".
  private(set) var what: String
  let deadline: AWSDeadline
  /// What one request may take: a lost one leaves time for another.
  let attemptLimit: Duration
  /// An attempt's outcome is unknown: unless a later one tells, so is the operation's.
  private(set) var isOpen = false
  private var attempts = 0
  private var lastFailure = "no attempt was made"

  /// The first pause, at the most, and the longest: they double in between, and each is drawn from zero up (full jitter).
  static let firstPause: Duration = .milliseconds(10)
  static let longestPause: Duration = .milliseconds(500)

  init(_ what: String, within limit: Duration) {
    self.what = what
    deadline = .after(limit)
    attemptLimit = max(limit * 0.4, .milliseconds(100))
  }

  /// For one of several that share the time.
  func part(_ what: String) -> Budget {
    var part = self
    part.what = what
    return part
  }

  /// A step that is repeated as often as it likes, or whose effect nobody sees: its unknown outcome is of no consequence.
  mutating func settle() { isOpen = false }

  mutating func failed(_ error: AWSError, isEffect: Bool) {
    lastFailure = "\(error)"
    if isEffect && error.outcomeIsUnknown { isOpen = true }
  }

  /// How long to wait before the next attempt; nil when the time is up.
  mutating func pause(random: UInt64) -> Duration? {
    let longest = min(Self.longestPause, Self.firstPause * Double(1 << min(attempts, 10)))
    attempts += 1
    let pause = longest * (Double(random % 1_024) / 1_024)
    return pause < deadline.left ? pause : nil
  }

  /// The time is up, or nothing helps.
  func end(_ why: String? = nil) -> StoreError {
    let why = why ?? lastFailure
    if isOpen { return deadline.left > .zero ? .unknown("\(what): \(why)") : .timeout("\(what): \(why)") }
    return .unavailable("\(what): \(why)")
  }
}
