// A call as it arrived: a view over its frame that cannot outlive it. Reading it takes no memory.
import TroupeNet

/// A call from a peer, checked in full: whatever is read from it later cannot fail.
public struct IncomingCall: ~Escapable {
  private let frame: RawSpan
  private let flags: CallFlags
  private let identityStart: Int
  private let chainStart: Int
  private let entityStart: Int
  private let argumentsStart: Int

  /// For `Link.reply`.
  public let request: UInt32

  /// Reads a frame with its type byte.
  @_lifetime(copy frame)
  @inline(__always)
  init(_ frame: RawSpan) throws(FrameError) {
    guard frame.byteCount >= CallFrame.extras + 2 else { throw .truncated(.call) }
    self.frame = frame
    request = frame.load(at: CallFrame.request)
    let bits: UInt8 = frame.load(at: CallFrame.flags)
    flags = CallFlags(rawValue: bits)
    guard flags.isSubset(of: .known) else { throw .unknownFlags(bits) }
    let starts = flags.isDisjoint(with: .extras) ? Starts() : try Starts(frame, flags)
    identityStart = starts.identity
    chainStart = starts.chain
    guard frame.byteCount >= starts.entity + 2 else { throw .truncated(.call) }
    let length: UInt16 = frame.load(at: starts.entity)
    entityStart = starts.entity + 2
    argumentsStart = entityStart + Int(length)
    guard argumentsStart <= frame.byteCount else { throw .truncated(.call) }
  }

  public var isQuery: Bool { flags.contains(.query) }
  public var isRetry: Bool { flags.contains(.retry) }
  public var isBulk: Bool { flags.contains(.bulk) }
  /// Whether an earlier try may have ended the node that had its entity.
  public var isOrphan: Bool { flags.contains(.orphan) }
  public var kind: UInt32 { frame.load(at: CallFrame.kind) }
  public var method: UInt64 { frame.load(at: CallFrame.method) }
  public var caller: UInt64 { frame.load(at: CallFrame.caller) }
  public var sequence: UInt64 { frame.load(at: CallFrame.sequence) }
  public var lowestOpen: UInt64 { frame.load(at: CallFrame.lowestOpen) }
  public var epoch: UInt64 { frame.load(at: CallFrame.epoch) }

  /// Time left when the caller sent it, microseconds.
  public var timeLeftMicroseconds: UInt32 { frame.load(at: CallFrame.timeLeft) }

  /// The deadline on our clock: the way here is not counted.
  public func deadline(now: Instant) -> Instant {
    Instant(nanoseconds: now.nanoseconds + Int64(timeLeftMicroseconds) * 1_000)
  }

  /// The entity's id. Not yet known to be UTF-8.
  public var entity: RawSpan {
    @_lifetime(copy self) get { frame.extracting(entityStart..<argumentsStart) }
  }

  public var arguments: RawSpan {
    @_lifetime(copy self) get { frame.extracting(argumentsStart..<frame.byteCount) }
  }

  /// As it stands in the frame: see `TraceContext.wellFormed`.
  public var trace: TraceContext? { flags.contains(.trace) ? readTrace() : nil }

  @inline(never)
  private func readTrace() -> TraceContext {
    let start = CallFrame.extras
    return TraceContext(
      traceHigh: frame.load(at: start), traceLow: frame.load(at: start + 8), span: frame.load(at: start + 16),
      flags: frame.load(at: start + 24))
  }

  /// Whether it is made in somebody's name; `Link.identity(of:)` says whose.
  @inline(__always)
  public var hasIdentity: Bool { flags.contains(.identity) }

  /// The length of a name that nobody has signed, or a mark.
  private var identityLength: UInt16 { frame.load(at: identityStart) }

  /// The index that stands for it.
  var identityIndex: UInt16? {
    guard hasIdentity, identityLength == IdentityForm.indexMark else { return nil }
    return frame.load(at: identityStart + 2)
  }

  /// The token, which may be anything; empty when the call has none.
  var identityToken: RawSpan {
    @_lifetime(copy self) get {
      guard hasIdentity, identityLength == IdentityForm.tokenMark else { return frame.extracting(0..<0) }
      let count: UInt16 = frame.load(at: identityStart + 2)
      return frame.extracting((identityStart + 4)..<(identityStart + 4 + Int(count)))
    }
  }

  /// The name, where only that was said; makes a string, so ask once.
  public var unsignedIdentity: String? {
    guard hasIdentity, identityLength < IdentityForm.tokenMark else { return nil }
    return String(frame.extracting((identityStart + 2)..<(identityStart + 2 + Int(identityLength))))
  }

  public var hasChain: Bool { flags.contains(.chain) }

  /// Who waits for this call, outermost first. Makes strings, so ask once.
  public var chain: [ChainLink] {
    guard hasChain else { return [] }
    var reader = FrameReader(frame, type: .call, from: chainStart)
    // The initialiser has read all of it once, so these cannot fail.
    guard let count = try? reader.byte() else { return [] }
    var links: [ChainLink] = []
    links.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let kind = try? reader.fixed32(), let entity = try? reader.text() else { break }
      links.append(ChainLink(kind: kind, entity: entity))
    }
    return links
  }

  /// Where the parts stand that not every call has.
  private struct Starts {
    var identity = CallFrame.extras
    var chain = CallFrame.extras
    var entity = CallFrame.extras

    init() {}

    @inline(never)
    init(_ frame: RawSpan, _ flags: CallFlags) throws(FrameError) {
      var reader = FrameReader(frame, type: .call, from: CallFrame.extras)
      if flags.contains(.trace) { try reader.skip(CallFrame.traceSize) }
      identity = reader.offset
      if flags.contains(.identity) { try reader.skipIdentity() }
      chain = reader.offset
      if flags.contains(.chain) {
        for _ in 0..<(try reader.byte()) {
          try reader.skip(4)
          _ = try reader.text()
        }
      }
      entity = reader.offset
    }
  }
}
