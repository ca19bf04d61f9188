// The layout of a CALL frame, and writing one. Offsets count from the type byte.
import TroupeNet
import TroupeWire

enum CallFrame {
  static let request = 1
  static let flags = 5
  static let kind = 6
  static let method = 10
  static let timeLeft = 18
  static let caller = 22
  static let sequence = 30
  static let lowestOpen = 38
  static let epoch = 46
  /// Here stand trace, identity and chain, those that the flags name; then the entity's id behind its length; then arguments.
  static let extras = 54
  static let traceSize = 25

  /// Begins a frame with everything but the arguments. Ended by `Writer.endFrame`.
  @inline(__always)
  static func begin(
    _ head: borrowing CallHead, request: UInt32, entity: String, now: Instant, identity: IdentityForm = .text, to writer: inout Writer
  ) -> Int {
    var flags: CallFlags = head.isQuery ? .query : []
    if head.isRetry { flags.insert(.retry) }
    if head.isBulk { flags.insert(.bulk) }
    if head.isOrphan { flags.insert(.orphan) }
    if head.trace != nil { flags.insert(.trace) }
    if head.identity != nil { flags.insert(.identity) }
    if !head.chain.isEmpty { flags.insert(.chain) }
    var fixed = InlineArray<58, UInt8>(repeating: 0)  // length field and fixed fields
    var span = fixed.mutableSpan
    var bytes = span.mutableBytes
    bytes.store(FrameType.call.rawValue, at: 4)
    bytes.store(request, at: 4 + Self.request)
    bytes.store(flags.rawValue, at: 4 + Self.flags)
    bytes.store(head.kind, at: 4 + kind)
    bytes.store(head.method, at: 4 + method)
    bytes.store(timeLeft(until: head.deadline, now: now), at: 4 + Self.timeLeft)
    bytes.store(head.caller, at: 4 + caller)
    bytes.store(head.sequence, at: 4 + sequence)
    bytes.store(head.lowestOpen, at: 4 + lowestOpen)
    bytes.store(head.epoch, at: 4 + epoch)
    let start = writer.count
    writer.append(fixed.span.bytes)
    if !flags.isDisjoint(with: .extras) { writeExtras(head, identity, to: &writer) }
    writer.text(entity)
    return start
  }

  /// Microseconds, rounded down; more than 71 minutes count as 71 minutes.
  @inline(__always)
  static func timeLeft(until deadline: Instant, now: Instant) -> UInt32 {
    UInt32(clamping: (deadline.nanoseconds - max(0, now.nanoseconds)) / 1_000)
  }

  /// Says anew how much time is left, in a frame that stands in `bytes` from `start` on.
  static func patchTimeLeft(in bytes: inout [UInt8], at start: Int, _ microseconds: UInt32) {
    guard bytes.count >= start + timeLeft + 4 else { return }
    for index in 0..<4 { bytes[start + timeLeft + index] = UInt8(truncatingIfNeeded: microseconds >> (8 * index)) }
  }

  /// Takes the time that a frame was on its way in pieces off what was left when it left.
  static func spendTimeLeft(in frame: inout [UInt8], _ spent: Duration) {
    guard frame.count >= timeLeft + 4 else { return }
    let left: UInt32 = frame.span.bytes.load(at: timeLeft)
    let spent = spent / .microseconds(1)
    patchTimeLeft(in: &frame, at: 0, spent >= Double(left) ? 0 : left - UInt32(max(0, spent)))
  }

  @inline(never)
  private static func writeExtras(_ head: borrowing CallHead, _ form: IdentityForm, to writer: inout Writer) {
    if let trace = head.trace {
      writer.fixed64(trace.traceHigh)
      writer.fixed64(trace.traceLow)
      writer.fixed64(trace.span)
      writer.byte(trace.flags)
    }
    if let identity = head.identity { write(identity, as: form, to: &writer) }
    guard !head.chain.isEmpty else { return }
    writer.byte(UInt8(head.chain.count))
    for link in head.chain {
      writer.fixed32(link.kind)
      writer.text(link.entity)
    }
  }

  /// Why a head cannot be written, in a sentence; nearly always `nil`.
  @inline(__always)
  static func refusal(of head: borrowing CallHead, entity: String) -> String? {
    if entity.utf8.count > TransportLimits.text { return "an entity's id has at most \(TransportLimits.text) bytes" }
    if head.identity == nil && head.chain.isEmpty { return nil }
    return refusalOfExtras(of: head)
  }

  @inline(never)
  private static func refusalOfExtras(of head: borrowing CallHead) -> String? {
    if let identity = head.identity, identity.subject.utf8.count > IdentityForm.longestText {
      return "an identity has at most \(IdentityForm.longestText) bytes"
    }
    if head.chain.count > TransportLimits.chain { return "more than \(TransportLimits.chain) entities wait for one another" }
    if head.chain.contains(where: { $0.entity.utf8.count > TransportLimits.text }) {
      return "an entity's id has at most \(TransportLimits.text) bytes"
    }
    return nil
  }
}
