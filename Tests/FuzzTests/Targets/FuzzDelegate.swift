// The runtime's part on a link: hears everything, looks at all of every call, answers, and notices what must not happen.
import TroupeNet
import TroupeWire

@testable import TroupeTransport

final class FuzzDelegate: LinkDelegate {
  /// Everything heard, in order: equal for equal histories.
  private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
  private(set) var opened = 0
  private(set) var closed: CloseReason?
  private(set) var fault: String?
  /// Looks at who has come, before anything else is heard.
  var check: (Link) -> String? = { _ in nil }

  /// The names under which a link may end.
  static let codes: Set<String> = [
    "local", "end-of-file", "reset", "input-limit", "output-limit", "loop-stopped", "protocol-violation", "timeout", "refused-identity",
    "hello", "refused-by-peer", "idle", "replaced", "handshake", "security",
  ]

  private func note(_ value: UInt64) {
    if closed != nil { fault = fault ?? "something was heard of a link that had ended" }
    digest = (digest ^ value) &* 0x100_0000_01B3
  }

  private func note(_ bytes: RawSpan) {
    note(UInt64(bytes.byteCount))
    for offset in 0..<min(bytes.byteCount, 64) { note(UInt64(bytes.load(at: offset, as: UInt8.self))) }
  }

  func link(_ link: Link, received call: borrowing IncomingCall) {
    note(16)
    if opened != 1 { fault = fault ?? "a call came before its link was open" }
    note(UInt64(call.request))
    note(call.entity)
    note(call.arguments)
    let now = link.loop.now
    fault = fault ?? AllocationMeter.unmeasured { Self.faultOfRewriting(call, now: now) }
    let arguments = call.arguments
    let first: UInt8 = arguments.byteCount > 0 ? arguments.load(at: 0) : 0
    switch first {
    case 0xEE: break
    case 0xEF: link.refuse(request: call.request, overloaded: "full", retryAfterMilliseconds: 1)
    default: link.reply(request: call.request, status: .value, arguments.extracting(0..<min(16, arguments.byteCount)))
    }
  }

  func link(_ link: Link, cancelled request: UInt32) {
    note(20)
    note(UInt64(request))
  }

  func link(_ link: Link, asked request: UInt32, _ topic: AskTopic, _ payload: RawSpan) {
    note(32)
    note(UInt64(request))
    note(UInt64(topic.rawValue))
    note(payload)
    link.answer(request: request, status: .value, payload.extracting(0..<min(16, payload.byteCount)))
  }

  func link(_ link: Link, epoch: UInt64) {
    note(5)
    note(epoch)
  }

  func linkOpened(_ link: Link) {
    note(1)
    opened += 1
    if opened > 1 { fault = fault ?? "a link opened twice" }
    fault = fault ?? check(link)
  }

  func linkClosed(_ link: Link, _ reason: CloseReason) {
    note(2)
    closed = reason
    if !Self.codes.contains(reason.code) { fault = fault ?? "a link ended with the unknown reason \(reason)" }
    if reason.detail.isEmpty { fault = fault ?? "a link ended as \(reason.code) without a sentence" }
    for byte in reason.code.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  func linkMayFlush(_ link: Link) -> Bool { true }

  /// A call that was read is written again, and must be the same call.
  private static func faultOfRewriting(_ call: borrowing IncomingCall, now: Instant) -> String? {
    guard let entity = String(call.entity) else { return nil }
    var head = CallHead(
      kind: call.kind, method: call.method, isQuery: call.isQuery, deadline: call.deadline(now: now), caller: call.caller,
      sequence: call.sequence, lowestOpen: call.lowestOpen, epoch: call.epoch)
    head.isRetry = call.isRetry
    head.trace = call.trace
    head.identity = call.unsignedIdentity.map { CallerIdentity(unsigned: $0) }
    head.chain = call.chain
    if let refusal = CallFrame.refusal(of: head, entity: entity) { return "a call was read that cannot be written: \(refusal)" }
    var writer = Writer()
    let start = CallFrame.begin(head, request: call.request, entity: entity, now: now, to: &writer)
    writer.append(call.arguments)
    writer.endFrame(start)
    do throws(FrameError) {
      let again = try IncomingCall(writer.span.extracting(4..<writer.count))
      let isSame =
        again.request == call.request && again.kind == call.kind && again.method == call.method && again.caller == call.caller
        && again.sequence == call.sequence && again.lowestOpen == call.lowestOpen && again.epoch == call.epoch
        && again.timeLeftMicroseconds == call.timeLeftMicroseconds && again.trace == call.trace
        && again.unsignedIdentity == call.unsignedIdentity
        && again.chain == call.chain && again.isQuery == call.isQuery && again.isRetry == call.isRetry
        && again.entity.byteCount == call.entity.byteCount && again.arguments.byteCount == call.arguments.byteCount
      return isSame ? nil : "a call that was read and written again is another one"
    } catch {
      return "a call that was read and written again cannot be read: \(error.sentence)"
    }
  }
}
