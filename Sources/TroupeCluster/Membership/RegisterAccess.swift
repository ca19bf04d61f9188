// One node's dealings with the register: at most one read and one change at a time, what it knows of the epoch, and how long it
// holds back after a conflict.

struct RegisterAccess: Sendable {
  struct Read: Sendable {
    let start: Moment
    /// The register was here before the read began, so an older answer means that it went back.
    let floor: Epoch
  }

  /// Why a change is made; decides what its end means.
  enum Purpose: Hashable, Sendable {
    case create, join, bury, give, set, leave, void
  }

  struct Change: Sendable {
    let purpose: Purpose
    let view: View
    var base: UInt64 { view.epoch.value - 1 }
  }

  /// After the first lost change the next follows at once; then the wait doubles from here to the limit, with jitter.
  static let firstPause: Duration = .milliseconds(10)
  static let longestPause: Duration = .milliseconds(320)

  /// The highest epoch that anybody spoke of.
  private(set) var known = Epoch.none
  private var knownSince = Moment.distantPast
  var read: Read?
  /// A read that begins from now on is wanted, whatever is known.
  var wantsRead = false
  var change: Change?
  /// A change from this epoch may yet happen: nothing is built on that epoch but a void.
  var unresolved: Epoch?
  /// The register was read after the unknown outcome and was still at `unresolved`.
  var mayVoid = false
  /// Changes hold back until then, reads until the other.
  private(set) var notBefore = Moment.distantPast
  private(set) var readNotBefore = Moment.distantPast
  private var attempts = 0

  mutating func heard(_ epoch: Epoch, now: Moment) {
    guard epoch > known else { return }
    known = epoch
    knownSince = now
  }

  /// A read ended: what was heard before it began cannot be above its answer, whoever said so.
  mutating func settle(_ read: Read, at epoch: Epoch) {
    if epoch > known || knownSince <= read.start { known = epoch }
  }

  mutating func succeeded() {
    attempts = 0
    notBefore = .distantPast
  }

  /// Holds back, longer each time, at random so that two do not meet again.
  mutating func failed(now: Moment, atOnce: Int, _ random: inout SeededRandom) {
    attempts += 1
    guard attempts > atOnce else { return }
    let pause = min(Self.longestPause, Self.firstPause * (1 << min(attempts, 6)))
    notBefore = now + random.upTo(pause)
  }

  mutating func readFailed(now: Moment, _ random: inout SeededRandom) {
    wantsRead = true
    readNotBefore = now + Self.firstPause + random.upTo(Self.longestPause)
  }
}
