// Where a call belongs in a distributed trace: the value that travels in CALL frames and, as text, in HTTP's `traceparent`.

/// A place in a trace: which trace, which span of it, and whether anybody writes it down. Source: W3C Trace Context.
///
/// ```swift
/// let context = TraceContext(traceparent: request.headers["traceparent"] ?? "")
/// ```
public struct TraceContext: Hashable, Sendable {
  /// The two halves of the trace's id, 128 bits that are not all zero.
  public let traceHigh: UInt64
  public let traceLow: UInt64
  /// The span under which what happens next belongs; not zero.
  public let span: UInt64
  /// As in `traceparent`; see `sampled`.
  public let flags: UInt8

  /// Somebody writes this trace down.
  public static let sampled: UInt8 = 1
  /// The id's right half is random (level 2 of the specification).
  public static let random: UInt8 = 2
  /// All other bits are zero until the specification says what they mean.
  static let known = sampled | random

  @inlinable
  public init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
    self.traceHigh = traceHigh
    self.traceLow = traceLow
    self.span = span
    self.flags = flags
  }

  @inlinable public var isSampled: Bool { flags & Self.sampled != 0 }

  /// Ids of zero name nothing.
  @inlinable public var isValid: Bool { traceHigh | traceLow != 0 && span != 0 }

  /// What may be handed on: without flags that nobody has defined, and nil when an id is zero.
  public var wellFormed: TraceContext? {
    isValid ? TraceContext(traceHigh: traceHigh, traceLow: traceLow, span: span, flags: flags & Self.known) : nil
  }

  /// Another span of the same trace.
  @inlinable public func with(span: UInt64) -> TraceContext {
    TraceContext(traceHigh: traceHigh, traceLow: traceLow, span: span, flags: flags)
  }
}
