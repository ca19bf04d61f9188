// Calls and questions that were written before they could leave: the walk over them, when their link opens or ends.
import TroupeNet
import TroupeWire

enum HeldFrames {
  /// What may leave now: in the words of a peer with these features, without the calls whose callers have gone (so "not executed" was
  /// true), with the time that is left now.
  static func release<Waiter>(
    _ held: RawSpan, _ pending: inout PendingCalls<Waiter>, now: Instant, for features: LinkFeatures = .known
  ) -> Writer {
    var released = Writer(capacity: held.byteCount)
    var offset = 0
    while offset < held.byteCount {
      let frame = next(held, &offset)
      guard let (request, isAsk) = question(in: frame) else {
        if !speaksOfOthers(frame) { copy(frame, to: &released) }
        continue
      }
      guard let deadline = pending.deadline(of: request) else {
        _ = pending.complete(request, isAsk: isAsk)
        continue
      }
      let isPlain = isAsk || features.isSuperset(of: .spelling)
      let start = isPlain ? copy(frame, to: &released) : copyRespelt(frame, for: features, to: &released)
      if !isAsk {
        released.patchFixed32(at: start + 4 + CallFrame.timeLeft, with: CallFrame.timeLeft(until: deadline, now: now))
      }
    }
    return released
  }

  /// The waiters of calls and questions that never left.
  static func takeWaiters<Waiter>(_ held: RawSpan, _ pending: inout PendingCalls<Waiter>) -> [Waiter] {
    var waiters: [Waiter] = []
    var offset = 0
    while offset < held.byteCount {
      let frame = next(held, &offset)
      guard let (request, isAsk) = question(in: frame) else { continue }
      if case .waiter(let waiter) = pending.complete(request, isAsk: isAsk) { waiters.append(waiter) }
    }
    return waiters
  }

  @discardableResult
  private static func copy(_ frame: RawSpan, to writer: inout Writer) -> Int {
    let start = writer.reserveFixed32()
    writer.append(frame)
    writer.endFrame(start)
    return start
  }

  private static func copyRespelt(_ frame: RawSpan, for features: LinkFeatures, to writer: inout Writer) -> Int {
    var bytes = frame.withUnsafeBytes { [UInt8]($0) }
    CallFrame.respell(in: &bytes, at: 0, for: features)
    return copy(bytes.span.bytes, to: &writer)
  }

  /// A STAMP of when this would have left, a CANCEL of a call that now never will.
  private static func speaksOfOthers(_ frame: RawSpan) -> Bool {
    let type = FrameType(rawValue: frame.load(at: 0))
    return type == .stamp || type == .cancel
  }

  /// The frame at `offset`, from its type byte on. These are our own frames, so lengths are right.
  @_lifetime(copy held)
  private static func next(_ held: RawSpan, _ offset: inout Int) -> RawSpan {
    let length: UInt32 = held.load(at: offset)
    let start = offset + 4
    offset = start + Int(length)
    return held.extracting(start..<offset)
  }

  private static func question(in frame: RawSpan) -> (request: UInt32, isAsk: Bool)? {
    switch FrameType(rawValue: frame.load(at: 0)) {
    case .call: (frame.load(at: CallFrame.request), false)
    case .ask: (frame.load(at: CallFrame.request), true)
    default: nil
    }
  }
}
