// Bulk calls on their way out: at once while the peer has few of them, otherwise with the answers to those.
import TroupeNet
import TroupeWire

extension Link {
  /// Whether the peer is told which calls are bulk. One that does not know them gets them as any other.
  var speaksBulk: Bool { features.contains(.bulk) }

  @inline(never)
  func callInBulk(_ head: borrowing CallHead, entity: String, write: (inout Writer) -> Void, reply: ReplyWaiter) {
    if phase == .open, !speaksBulk {
      var plain = copy head
      plain.isBulk = false
      return call(plain, entity: entity, write: write, reply: reply)
    }
    if let refusal = refusal(of: head, entity) ?? bulkRefusal() { return reply.resume(returning: refusal) }
    guard let request = pending.insert(reply, deadline: head.deadline) else { return reply.resume(returning: tooManyCalls()) }
    isUsed = true
    if bulk.isFull {
      hold(head, request, entity, write)
    } else {
      writeBulk(head, request, entity, write)
    }
    planLooks(for: head.deadline)
  }

  private func writeBulk(_ head: borrowing CallHead, _ request: UInt32, _ entity: String, _ write: (inout Writer) -> Void) {
    if data.count == 0 { stamp() }
    var identity = IdentityForm.text
    if let caller = head.identity { identity = form(of: caller) }
    var writer = takeData()
    let start = CallFrame.begin(head, request: request, entity: entity, now: loop.now, identity: identity, to: &writer)
    write(&writer)
    let length = writer.endFrame(start)
    putBack(writer)
    bulk.left(request, bytes: length)
    place(start, length, request, head.kind, entity, head.identity)
  }

  /// It stands in `data` from `start` on, and leaves as it is or apart.
  private func place(_ start: Int, _ length: Int, _ request: UInt32, _ kind: UInt32, _ entity: String, _ identity: CallerIdentity?) {
    if length > plainLimit || !outgoing.isEmpty {
      sendApart(start, length, request: request, kind: kind, entity, identity, isBulk: true)
      // It may have been refused, and then nobody answers it.
      if !pending.isCall(request) { _ = bulk.ended(request) }
    }
    gathered()
  }

  private func hold(_ head: borrowing CallHead, _ request: UInt32, _ entity: String, _ write: (inout Writer) -> Void) {
    var writer = Writer()
    let takesTokens = phase != .open || features.contains(.identities)
    let identity: IdentityForm = head.identity?.signed != nil && takesTokens ? .token : .text
    let start = CallFrame.begin(head, request: request, entity: entity, now: loop.now, identity: identity, to: &writer)
    write(&writer)
    writer.endFrame(start)
    guard writer.count - 4 <= maxFrame else {
      if case .waiter(let waiter) = pending.complete(request) { waiter.resume(returning: Self.tooLarge) }
      return
    }
    let bytes = writer.span.extracting(4..<writer.count).withUnsafeBytes { [UInt8]($0) }
    bulk.wait(BulkCalls.Frame(request: request, kind: head.kind, entity: entity, identity: head.identity, bytes: bytes))
  }

  private func bulkRefusal() -> Reply? {
    guard bulk.isOverfull else { return nil }
    return Reply(
      .overloaded, "\(bulk.waitingCount) bulk calls wait to be sent to \(peerDescription)",
      retryAfterMilliseconds: TransportLimits.retryAfter)
  }

  /// An answer has come to what may have been one of them.
  @inline(never)
  func bulkMayHaveEnded(_ request: UInt32) {
    if bulk.ended(request) { sendHeldBulk() }
  }

  /// Sends those for which there is room now; all to a peer that knows no bulk.
  func sendHeldBulk() {
    while let frame = bulk.take(all: !speaksBulk) { send(frame) }
  }

  private func send(_ held: BulkCalls.Frame) {
    guard let deadline = pending.deadline(of: held.request) else {
      _ = pending.complete(held.request)
      return
    }
    if data.count == 0 { stamp() }
    var frame = held.bytes
    CallFrame.patchTimeLeft(in: &frame, at: 0, CallFrame.timeLeft(until: deadline, now: loop.now))
    CallFrame.respell(in: &frame, at: 0, for: features)
    let start = data.reserveFixed32()
    data.append(frame.span.bytes)
    let length = data.endFrame(start)
    if speaksBulk { bulk.left(held.request, bytes: length) }
    place(start, length, held.request, held.kind, held.entity, held.identity)
  }

  /// The link has opened: what was written before it did not know whom it was for.
  func releaseBulk() {
    if speaksBulk { bulk.keepOpen { pending.isCall($0) } } else { bulk.keepOpen { _ in false } }
    if bulk.isWaiting { sendHeldBulk() }
  }
}

extension CallFrame {
  /// Says what was written before anybody knew the peer in words that it understands.
  static func respell(in bytes: inout [UInt8], at start: Int, for features: LinkFeatures) {
    if !features.contains(.bulk) { bytes[start + flags] &= ~CallFlags.bulk.rawValue }
    if !features.contains(.orphans) { bytes[start + flags] &= ~CallFlags.orphan.rawValue }
    if !features.contains(.identities) { respellAsText(in: &bytes, at: start) }
  }
}
