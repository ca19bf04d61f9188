// What a caller gets when the entity itself did not answer. An entity's own errors arrive as their own type, never as this.

public struct CallError: Error, Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Stable names: they stand in metrics, in problem documents and in the log.
  public enum Code: String, Sendable, CaseIterable {
    case unknownKind, unknownMethod, badArguments, idInvalid, tooLarge
    case overloaded, deadlineExceeded, unavailable, unknownOutcome
    case callCycle, entityFault, keyReused, refused
    /// The identity in whose name the call was made has run out: a new one helps.
    case identityExpired
    /// The identity in whose name the call was made does not count there: signed by a stranger, changed, for another cluster, or not signed.
    case identityRefused
    /// The task that made the call was cancelled.
    case cancelled
    /// A circuit breaker lets no call through to that peer, or to entities of that kind there; `retryAfter` says until when.
    case breakerOpen
    /// A stream cannot go on where it was: open it again.
    case streamLost
    /// Calls to the entity ended the processes that ran them: it is left alone for a while.
    case quarantined
  }

  /// Whether the method ran. After `.maybe` a command's effect is unknown: read, or send it again with the same key.
  public enum Executed: String, Sendable { case no, maybe, yes }

  /// Why the runtime did not send the call again although another try might have helped.
  public enum NotRetried: String, Sendable {
    /// Another try would have come after the deadline.
    case deadline
    /// The retry budget of caller and kind is spent.
    case budget
    /// A turn made the call: whoever called the turn decides, so that retries do not multiply from hop to hop.
    case innerHop
    /// It may have run, and running it twice would not be the same as once.
    case notRepeatable
    /// `CallPolicy.resendsLostCalls` is off.
    case policy
  }

  public let code: Code
  /// One sentence, safe to show.
  public let message: String
  public let executed: Executed
  /// Whether the same call may succeed when it is sent again.
  public let mayRetry: Bool
  /// How long to wait before that, where the other side said so.
  public let retryAfter: Duration?
  /// Nil where trying again was out of the question.
  public let notRetried: NotRetried?

  public init(
    _ code: Code, _ message: String, executed: Executed = .no, mayRetry: Bool = false, retryAfter: Duration? = nil,
    notRetried: NotRetried? = nil
  ) {
    self.code = code
    self.message = message
    self.executed = executed
    self.mayRetry = mayRetry
    self.retryAfter = retryAfter
    self.notRetried = notRetried
  }

  public var description: String { message }
  public var debugDescription: String {
    let why = notRetried.map { ", not retried: \($0.rawValue)" } ?? ""
    return "\(code.rawValue) (executed: \(executed.rawValue), may retry: \(mayRetry)\(why)): \(message)"
  }

  /// Thrown by a turn that called others: a try of the whole turn may do better, and only the first hop may make one.
  var mayBeTriedAnew: Bool { code == .unknownOutcome || code == .unavailable || code == .breakerOpen }

  /// The same, where an earlier try of the call may have run.
  func afterATryThatMayHaveRun() -> CallError {
    guard executed == .no else { return self }
    return CallError(code, message, executed: .maybe, mayRetry: mayRetry, retryAfter: retryAfter, notRetried: notRetried)
  }
}
