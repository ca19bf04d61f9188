// Answers on their way out, and the hint that a newer view exists.
import TroupeNet
import TroupeWire

extension Link {
  /// Answers a call. Exactly once for each; after the link has ended it does nothing.
  @inline(__always)
  public func reply(request: UInt32, status: ReplyStatus, _ payload: RawSpan) {
    guard phase == .open else { return }
    reply(request: request, status: status) { $0.append(payload) }
  }

  /// The same, with the payload written straight into the frame. `write` must not use the link.
  @inline(__always)
  public func reply(request: UInt32, status: ReplyStatus, write: (inout Writer) -> Void) {
    guard phase == .open else { return }
    var writer = takeData()
    let start = ReplyFrame.begin(.reply, request: request, status: status, to: &writer)
    if status == .overloaded { writer.fixed32(TransportLimits.retryAfter) }
    write(&writer)
    let length = writer.endFrame(start)
    putBack(writer)
    replied(start, request, length)
  }

  /// Refuses a call that found a queue full, and says when to come back.
  public func refuse(request: UInt32, overloaded text: String, retryAfterMilliseconds: UInt32) {
    guard phase == .open else { return }
    let start = ReplyFrame.begin(.reply, request: request, status: .overloaded, to: &data)
    data.fixed32(retryAfterMilliseconds)
    data.append(text.utf8Span.span.bytes)
    replied(start, request, data.endFrame(start))
  }

  /// Answers a question. Exactly once for each.
  public func answer(request: UInt32, status: ReplyStatus, _ payload: RawSpan) {
    guard phase == .open else { return }
    let start = ReplyFrame.begin(.answer, request: request, status: status, to: &control)
    if status == .overloaded { control.fixed32(TransportLimits.retryAfter) }
    control.append(payload)
    if control.endFrame(start) > maxFrame {
      control.truncate(to: start)
      control.endFrame(ReplyFrame.begin(.answer, request: request, status: .replyTooLarge, to: &control))
    }
    gathered()
  }

  /// Tells the peer that a view with this epoch exists, once for each.
  public func announce(epoch: UInt64) {
    guard phase == .open, epoch > announcedEpoch else { return }
    announcedEpoch = epoch
    ControlFrames.writeEpoch(epoch, to: &control)
    gathered()
  }

  @inline(__always)
  private func replied(_ start: Int, _ request: UInt32, _ length: Int) {
    if length > ChunkLimits.whole { repliedLarge(start, request, length) }
    gathered()
    if backlog + data.count > TransportLimits.output || outgoing.pendingBytes > 2 * ChunkLimits.pending { tooMuchOutput() }
  }

  @inline(never)
  private func repliedLarge(_ start: Int, _ request: UInt32, _ length: Int) {
    guard length > maxFrame else { return answerApart(start, request) }
    data.truncate(to: start)
    data.endFrame(ReplyFrame.begin(.reply, request: request, status: .replyTooLarge, to: &data))
  }

  /// The peer calls and does not read the answers: calls can be refused, answers cannot.
  @inline(never)
  private func tooMuchOutput() {
    backlog = connection?.pendingBytes ?? 0
    guard backlog + data.count > TransportLimits.output || outgoing.pendingBytes > 2 * ChunkLimits.pending else { return }
    end(.outputLimit, saying: Goodbye(code: .overloaded, text: "answers are not read"))
  }
}
