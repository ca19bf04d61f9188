// What a caller gets when the entity itself did not answer. An entity's own errors arrive as their own type, never as this.

public struct CallError: Error, Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Stable names: they stand in metrics, in problem documents and in the log.
  public enum Code: String, Sendable, CaseIterable {
    case unknownKind, unknownMethod, badArguments, idInvalid, tooLarge
    case overloaded, deadlineExceeded, unavailable, unknownOutcome
    case callCycle, entityFault, keyReused, refused
    /// The task that made the call was cancelled.
    case cancelled
  }

  /// Whether the method ran. After `.maybe` a command's effect is unknown: read, or send it again with the same key.
  public enum Executed: String, Sendable { case no, maybe, yes }

  public let code: Code
  /// One sentence, safe to show.
  public let message: String
  public let executed: Executed
  /// Whether the same call may succeed when it is sent again.
  public let mayRetry: Bool
  /// How long to wait before that, where the other side said so.
  public let retryAfter: Duration?

  public init(_ code: Code, _ message: String, executed: Executed = .no, mayRetry: Bool = false, retryAfter: Duration? = nil) {
    self.code = code
    self.message = message
    self.executed = executed
    self.mayRetry = mayRetry
    self.retryAfter = retryAfter
  }

  public var description: String { message }
  public var debugDescription: String { "\(code.rawValue) (executed: \(executed.rawValue), may retry: \(mayRetry)): \(message)" }
}
