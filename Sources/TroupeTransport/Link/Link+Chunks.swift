// Large frames on a link: out in chunks between the small ones, in put together again.
import TroupeNet
import TroupeWire

extension Link {
  // MARK: Out

  /// A call that is too large to travel whole, or that follows one to the same entity. It stands in `data` from `start` on.
  @inline(never)
  func sendApart(
    _ start: Int, _ length: Int, request: UInt32, kind: UInt32, _ entity: String, _ identity: CallerIdentity?, isBulk: Bool = false
  ) {
    let growth = identity?.signed.map { $0.token.count + 2 } ?? 0
    if length + growth > maxFrame {
      _ = large.take()
      return refuseTooLarge(request, at: start)
    }
    let lane = OutgoingMessages.Lane.entity(kind: kind, id: entity)
    guard length > ChunkLimits.whole || outgoing.holds(lane) else { return shrink(from: start) }
    moveApart(start, lane: lane, request: request, isCall: true, identity, isBulk: isBulk)
  }

  /// An answer that is too large to travel whole.
  @inline(never)
  func answerApart(_ start: Int, _ request: UInt32) {
    moveApart(start, lane: .free, request: request, isCall: false)
  }

  /// Takes the last frame out of `data`, without copying it.
  private func moveApart(
    _ start: Int, lane: OutgoingMessages.Lane, request: UInt32, isCall: Bool, _ identity: CallerIdentity? = nil, isBulk: Bool = false
  ) {
    let all = takeData()
    var bytes = all.bytes
    // Its index may name somebody else when it leaves.
    if phase == .open, speaksChunks, features.contains(.identities), let identity {
      CallFrame.respell(identity, as: .token, in: &bytes, at: start + 4)
    }
    let frame = LargeFrame(bytes, from: start + 4, leaving: large.isEmpty ? nil : large, shiftedBy: bytes.count - all.count)
    data.append(all.span.extracting(0..<start))
    if phase != .open || speaksChunks {
      gatheredFrames -= 1  // it counts when its chunks leave
      outgoing.append(frame, lane: lane, request: request, isCall: isCall, isBulk: isBulk)
    } else {
      frame.writeWhole(to: &data)
    }
  }

  /// The chunks of one flush. The next ones leave with the credits for these, after what is read until then.
  func sendChunks(over connection: any Connection) {
    for _ in 0..<ChunkLimits.perFlush {
      guard outgoing.next(to: &chunk, { self.startClock(of: &$0) }) != nil else { return }
      if compresses { shrink(from: 0, in: &chunk) }
      traffic.framesOut &+= 1
      traffic.sent(bytes: chunk.count)
      connection.send(chunk.span)
      chunk.removeAll(keepingCapacity: true)
    }
  }

  /// A call has waited for its turn: the time that is left is what is left now.
  private func startClock(of message: inout OutgoingMessages.Message) {
    guard message.isCall, let deadline = pending.deadline(of: message.request) else { return }
    CallFrame.patchTimeLeft(in: &message.frame.bytes, at: message.frame.start, CallFrame.timeLeft(until: deadline, now: loop.now))
  }

  /// The link has opened to a peer that knows no chunks.
  func sendAllWhole() {
    for var message in outgoing.takeAll() {
      startClock(of: &message)
      message.frame.writeWhole(to: &data)
      gatheredFrames += 1
    }
  }

  /// Nobody waits for this call any more: what has not left stays here. Returns whether it can never be answered.
  func giveUpSending(_ request: UInt32) -> Bool {
    switch outgoing.remove(request: request, isCall: true) {
    case nil: return false
    case .unsent: return true
    case .begun(let message):
      ChunkFrames.writeStop(message, to: &control)
      gathered()
      return true
    }
  }

  // MARK: In

  func handleChunked(_ frame: RawSpan, _ type: FrameType) throws(FrameError) {
    guard speaksChunks else { throw .unexpected(type) }
    let message = try ChunkFrames.message(in: frame, type)
    switch type {
    case .begin: try handleBegin(frame, message)
    case .chunk: try handleChunk(frame.extracting(ChunkFrames.chunkBytes..<frame.byteCount), message)
    case .credit: try outgoing.credit(message, bytes: try ChunkFrames.count(in: frame, type))
    default: budget.give(try incoming.stop(message))
    }
    if type == .credit, !outgoing.isEmpty { flushSoon() }
  }

  private func handleBegin(_ frame: RawSpan, _ message: UInt32) throws(FrameError) {
    let total = try ChunkFrames.count(in: frame, .begin)
    let bytes = frame.extracting(ChunkFrames.beginBytes..<frame.byteCount)
    guard bytes.byteCount > CallFrame.flags, let type = FrameType(rawValue: bytes.load(at: 0)) else { throw .truncated(.begin) }
    guard type == .call || type == .reply else { throw .unexpected(type) }
    let isRefused = type == .call && !budget.take(total)
    let split = type == .call && !isRefused ? self.split(bytes, of: total) : nil
    try incoming.begin(
      message, total: total, bytes, isWanted: !isRefused, split: split, reserved: type == .call && !isRefused ? total : 0, now: loop.now)
    if isRefused {
      refuse(
        request: bytes.load(at: CallFrame.request), overloaded: "large calls are arriving already, more than fit",
        retryAfterMilliseconds: TransportLimits.retryAfter)
    }
    credit(message, bytes.byteCount)
  }

  private func handleChunk(_ bytes: RawSpan, _ message: UInt32) throws(FrameError) {
    let step = try incoming.append(message, bytes)
    credit(message, bytes.byteCount)
    guard case .whole(var frame, apart: let large, let begun, let reserved) = step else { return }
    budget.give(reserved)
    if frame[0] == FrameType.call.rawValue { CallFrame.spendTimeLeft(in: &frame, loop.now - begun) }
    if let large { try handleCall(frame.span.bytes, large) } else { try handle(frame.span.bytes) }
  }

  /// Where the last argument of a call stands, if it is a byte array that can be handed on as it comes: see `LinkDelegate`.
  private func split(_ bytes: RawSpan, of total: Int) -> IncomingMessages.Split? {
    guard let call = try? IncomingCall(bytes), let place = delegate?.link(self, findLarge: call, missing: total - bytes.byteCount) else {
      return nil
    }
    let head = bytes.byteCount - call.arguments.byteCount + place.lowerBound
    return IncomingMessages.Split(head: head, body: head + place.count)
  }

  private func handleCall(_ frame: RawSpan, _ large: [UInt8]) throws(FrameError) {
    let call = try IncomingCall(frame)
    if isFullOfAnswers { return refuseUnseen(call.request) }
    delegate?.link(self, received: call, LargeBytes(large))
  }

  private func credit(_ message: UInt32, _ bytes: Int) {
    ChunkFrames.writeCredit(message, bytes: bytes, to: &control)
    gathered()
  }
}
