// Calls and questions on their way out, and the look-out for their deadlines.
import TroupeNet
import TroupeWire

extension Link {
  /// Calls an entity of the peer. `write` appends the arguments to the frame; it must not use the link.
  ///
  /// `reply` is always resumed, at the latest soon after the deadline. Before the link is open the call waits for it.
  /// Refused at once, as not executed, when too many calls or too much output wait (`.overloaded`), when the link has ended
  /// (`.neverSent`) and when the call does not fit in a frame (`.tooLarge`).
  @inline(__always)
  public func call(
    _ head: borrowing CallHead, entity: String, write: (inout Writer) -> Void, reply: ReplyWaiter
  ) {
    if head.isBulk { return callInBulk(head, entity: entity, write: write, reply: reply) }
    if let refusal = refusal(of: head, entity) { return reply.resume(returning: refusal) }
    guard let request = pending.insert(reply, deadline: head.deadline) else {
      return reply.resume(returning: tooManyCalls())
    }
    isUsed = true
    let now = loop.now
    if data.count == 0 { stamp() }
    var identity = IdentityForm.text
    if let caller = head.identity { identity = form(of: caller) }
    var writer = takeData()
    let start = CallFrame.begin(head, request: request, entity: entity, now: now, identity: identity, to: &writer)
    writer.sparing(large, write)
    let length = writer.endFrame(start)
    putBack(writer)
    if length > plainLimit || !outgoing.isEmpty || !large.isEmpty {
      sendApart(start, length + large.bytes.count, request: request, kind: head.kind, entity, head.identity)
    }
    planLooks(for: head.deadline)
    gathered()
  }

  /// For callers whose time is up, and for those who have been cancelled.
  @inline(__always)
  func planLooks(for deadline: Instant) {
    if deadline < nextSweep { planSweep() }
    if cancelTimer == nil { planCancelLook() }
  }

  /// Asks the peer something about the cluster. Questions go before calls, and are asked even while calls are held back.
  public func ask(_ topic: AskTopic, deadline: Instant, write: (inout Writer) -> Void, reply: ReplyWaiter) {
    if let refusal = refusal() { return reply.resume(returning: refusal) }
    guard let request = pending.insert(reply, deadline: deadline, isAsk: true) else {
      return reply.resume(returning: tooManyCalls())
    }
    isUsed = true
    if phase == .open {
      writeAsk(topic, request, write, to: &control)
    } else {
      writeAsk(topic, request, write, to: &data)
    }
    if deadline < nextSweep { planSweep() }
    gathered()
  }

  private func writeAsk(_ topic: AskTopic, _ request: UInt32, _ write: (inout Writer) -> Void, to writer: inout Writer) {
    let start = AskFrame.begin(topic, request: request, to: &writer)
    write(&writer)
    guard writer.endFrame(start) > maxFrame else { return }
    writer.truncate(to: start)
    if case .waiter(let waiter) = pending.complete(request, isAsk: true) { waiter.resume(returning: Self.tooLarge) }
  }

  /// Output that brings calls begins with when it leaves; `flush` fills that in.
  func stamp() {
    guard features.contains(.stamps) else { return }
    ControlFrames.writeStamp(0, to: &data)
    isStamped = true
  }

  // MARK: Refusals

  static var tooLarge: Reply { Reply(.tooLarge, "the arguments are too large for one frame") }

  @inline(__always)
  func refusal(of head: borrowing CallHead, _ entity: String) -> Reply? {
    if phase == .open && backlog + data.count <= TransportLimits.output && outgoing.isEmpty {
      return CallFrame.refusal(of: head, entity: entity).map { Reply(.badArguments, $0) }
    }
    return refusal() ?? CallFrame.refusal(of: head, entity: entity).map { Reply(.badArguments, $0) }
  }

  @inline(never)
  private func refusal() -> Reply? {
    if phase == .ended { return Reply(.neverSent, "the link to \(peerDescription) has ended") }
    if phase != .open && pending.count >= TransportLimits.waitingCalls {
      return Reply(
        .overloaded, "\(pending.count) calls wait for a link to \(peerDescription)",
        retryAfterMilliseconds: TransportLimits.retryAfter)
    }
    if backlog + data.count > TransportLimits.output {
      return Reply(
        .overloaded, "\(backlog + data.count) bytes wait to be sent to \(peerDescription)",
        retryAfterMilliseconds: TransportLimits.retryAfter)
    }
    if outgoing.pendingBytes > ChunkLimits.pending {
      return Reply(
        .overloaded, "\(outgoing.pendingBytes) bytes of large calls wait to be sent to \(peerDescription)",
        retryAfterMilliseconds: TransportLimits.retryAfter)
    }
    return nil
  }

  func tooManyCalls() -> Reply {
    Reply(
      .overloaded, "\(pending.count) calls to \(peerDescription) have no answer yet",
      retryAfterMilliseconds: TransportLimits.retryAfter)
  }

  @inline(never)
  func refuseTooLarge(_ request: UInt32, at start: Int) {
    data.truncate(to: start)
    gatheredFrames -= 1
    if case .waiter(let waiter) = pending.complete(request) { waiter.resume(returning: Self.tooLarge) }
  }

  // MARK: Deadlines

  /// Plans to look when the earliest deadline passes.
  @inline(never)
  private func planSweep() {
    sweepTimer?.cancel()
    nextSweep = max(pending.earliest, loop.now)
    sweepTimer = loop.schedule(after: nextSweep - loop.now) { self.sweep() }
  }

  private func sweep() {
    sweepTimer = nil
    nextSweep = .distantFuture
    for (request, waiter) in pending.expire(now: loop.now) {
      let neverLeft = takeBack(request)
      waiter.resume(returning: Reply(neverLeft ? .deadlineExceeded : .timedOut, "\(peerDescription) did not answer in time"))
    }
    guard pending.earliest < .distantFuture else { return }
    let pause = max(TransportLimits.sweep, pending.earliest - loop.now)
    nextSweep = loop.now + pause
    sweepTimer = loop.schedule(after: pause) { self.sweep() }
  }
}
