// When a breaker opens, for how long, and what counts as evidence.
import TroupeNet

/// The tunables of circuit breakers. The defaults open after about a second of nothing but failures, and let a peer that is back be
/// found within five.
///
/// Worked numbers: a peer whose process is gone refuses connections at once; with the link's own back-off the fifth refusal in a row
/// comes after about a second. The breaker then opens for 0.25-0.5 s, then twice that, and so on up to 2.5-5 s.
public struct BreakerSettings: Hashable, Sendable {
  /// Failures in a row, without an answer between them, that open it. Default 5. Fewer react sooner, and to less.
  public var consecutive = 5
  /// Failures closer together than this count as one in a row: a lost connection fails all its calls at one instant. Default 20 ms.
  public var apart: Duration = .milliseconds(20)
  /// Share of failures among all calls that ended, percent, that opens it. Default 50.
  public var share = 50
  /// Calls that must have ended in the window before the share means something. Default 20.
  public var minimumCalls = 20
  /// How long the share is counted before it counts anew. Default 10 s.
  public var window: Duration = .seconds(10)
  /// How long a window has run before its share is judged, so that one burst is held against what follows it. Default 1 s.
  public var judgedAfter: Duration = .seconds(1)
  /// The first opening lasts between half of this and all of it; each further one twice as long. Default 0.5 s.
  public var firstOpening: Duration = .milliseconds(500)
  /// The longest opening. Default 5 s: past it a peer that is back waits longer than its callers.
  public var longestOpening: Duration = .seconds(5)
  /// A probe without an outcome by then no longer holds the others back: the next call probes too. Default 1 s.
  public var probeLimit: Duration = .seconds(1)
  /// A call that waited less than this and got no answer tells nothing: its caller was in a hurry. Default 50 ms.
  public var shortestWait: Duration = .milliseconds(50)

  public init() {}

  /// One sentence about what cannot be; nil when all is well.
  public var refusal: String? {
    if consecutive < 1 { return "a breaker opens after at least one failure in a row, not \(consecutive)" }
    if !(1...100).contains(share) { return "a breaker opens at a share of 1 to 100 percent, not \(share)" }
    if minimumCalls < 1 { return "a breaker judges at least one call, not \(minimumCalls)" }
    if judgedAfter > window { return "a breaker's window of \(window) ends before it is judged, after \(judgedAfter)" }
    if firstOpening <= .zero || longestOpening < firstOpening {
      return "a breaker opens for more than nothing, and for \(firstOpening) to \(longestOpening)"
    }
    if probeLimit <= .zero { return "a probe has more time than \(probeLimit)" }
    return nil
  }
}
