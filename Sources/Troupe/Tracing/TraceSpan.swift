// One thing that happened within a trace, as a tracer hears of it.

/// A call as its caller saw it, or a turn as its entity did. Times are the loop's, so that a simulation repeats them.
public struct TraceSpan: Sendable {
  public enum Role: String, Sendable {
    /// From a call's first try to its end, all tries between; or of a whole stream, which its calls are parts of.
    case client
    /// From a call's arrival to its reply: waiting for its entity and for the disk included.
    case server
  }

  /// One fact about a span, under a name of OpenTelemetry's where there is one.
  public struct Attribute: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
      case text(String)
      case number(Int64)
    }

    public let name: String
    public let value: Value

    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, .text(value)) }
    public init(_ name: String, _ value: some BinaryInteger) { (self.name, self.value) = (name, .number(Int64(clamping: value))) }
  }

  /// What is known when it is over.
  public struct End: Sendable {
    public let at: Instant
    /// What went wrong, in a sentence or a word; nil when nothing did. An entity's own error is an answer, and nothing wrong.
    public let error: String?
    /// Beside those of the beginning.
    public let attributes: [Attribute]

    public init(at instant: Instant, error: String? = nil, attributes: [Attribute] = []) {
      at = instant
      self.error = error
      self.attributes = attributes
    }
  }

  public let role: Role
  /// Kind and method: "cart.add".
  public var name: String
  /// The node's id, or the client's name.
  public let process: String
  /// What it is a part of; nil for the first of its trace.
  public let parent: TraceContext?
  /// Its own place, which travels on. The ids are of the loop's generator; a tracer that makes its own puts them here when it begins.
  public var context: TraceContext
  public let began: Instant
  /// The same as a calendar has it: nanoseconds since 1970, to show and to join with other processes' spans.
  public let unixNanoseconds: UInt64
  public let attributes: [Attribute]
  /// Whatever its tracer wants to find again at the end.
  public var keepsake: (any Sendable)?

  public init(
    _ role: Role, _ name: String, in process: String, parent: TraceContext?, context: TraceContext, began: Instant,
    unixNanoseconds: UInt64, attributes: [Attribute] = []
  ) {
    self.role = role
    self.name = name
    self.process = process
    self.parent = parent
    self.context = context
    self.began = began
    self.unixNanoseconds = unixNanoseconds
    self.attributes = attributes
  }
}

extension TraceSpan {
  /// When it ended, by the calendar that it began with.
  public func unixNanoseconds(at end: Instant) -> UInt64 {
    unixNanoseconds &+ UInt64(clamping: (end - began).wholeNanoseconds)
  }
}

extension TraceSpan.Attribute {
  public static let system = TraceSpan.Attribute("rpc.system", "troupe")
  public static func kind(_ kind: String) -> Self { Self("rpc.service", kind) }
  public static func method(_ method: String) -> Self { Self("rpc.method", method) }
  /// The entity, by the hash of kind and id that also finds its shard: an id may be somebody's name.
  public static func entity(_ hash: UInt64) -> Self { Self("troupe.entity", String(hash, radix: 16)) }
  /// The process at the other end.
  public static func peer(_ name: String) -> Self { Self("troupe.peer", name) }
  /// How it ended: the name of a `ReplyStatus`, or of a `CallError.Code`.
  public static func outcome(_ name: String) -> Self { Self("troupe.outcome", name) }
  public static func executed(_ executed: CallError.Executed) -> Self { Self("troupe.executed", executed.rawValue) }
  /// Tries after the first, beside those of a hedge.
  public static func retries(_ count: Int) -> Self { Self("troupe.retries", count) }
  public static func hedges(_ count: Int) -> Self { Self("troupe.hedges", count) }
  /// What a stream brought its consumer.
  public static func items(_ count: UInt64) -> Self { Self("troupe.items", count) }
  /// From a call's arrival to the beginning of its turn.
  public static func waited(_ time: Duration) -> Self { Self("troupe.waited_us", time.wholeNanoseconds / 1_000) }
}
