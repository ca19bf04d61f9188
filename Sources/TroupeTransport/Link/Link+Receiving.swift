// Frames on their way in. Whatever a peer sends ends at worst its own link.
import TroupeNet
import TroupeWire

extension Link: ConnectionHandler {
  public func received(_ bytes: RawSpan, on connection: any Connection) -> Int {
    guard phase != .ended else { return bytes.byteCount }
    keepAlive.heard(now: loop.now)
    do throws(FrameError) {
      let read = try readFrames(bytes)
      if read == bytes.byteCount { partialSince = nil } else { keepsPart(isNew: read > 0) }
      return read
    } catch {
      end(.protocolViolation(error.sentence), saying: Goodbye(code: .protocolViolation, text: error.sentence))
      return bytes.byteCount
    }
  }

  @inline(never)
  private func keepsPart(isNew: Bool) { if isNew || partialSince == nil { partialSince = loop.now } }

  @inline(__always)
  private func readFrames(_ bytes: RawSpan) throws(FrameError) -> Int {
    var offset = 0
    var frames = 0
    while bytes.byteCount - offset >= 5 {
      let length: UInt32 = bytes.load(at: offset)
      let limit = phase == .open ? TransportLimits.frame : TransportLimits.frameBeforeHello
      // Checked before the frame is there: nobody waits for four gigabytes.
      guard length >= 1, length <= limit else { throw .badLength(length, limit: limit) }
      let start = offset + 4
      guard bytes.byteCount - start >= Int(length) else { break }
      offset = start + Int(length)
      frames &+= 1
      try handle(bytes.extracting(start..<offset))
      if phase == .ended { return bytes.byteCount }
    }
    traffic.received(frames: frames, bytes: offset)
    return offset
  }

  @inline(__always)
  func handle(_ frame: RawSpan) throws(FrameError) {
    let byte: UInt8 = frame.load(at: 0)
    guard let type = FrameType(rawValue: byte) else { throw .unknownType(byte) }
    guard phase == .open else { return try handleBeforeOpen(frame, type) }
    switch type {
    case .call: try handleCall(frame)
    case .reply:
      if loop.now >= believedUntil { return holdBack(frame) }
      try handleReply(frame, type)
    case .answer: try handleReply(frame, type)
    default: try handleControl(frame, type)
    }
  }

  @inline(__always)
  private func handleCall(_ frame: RawSpan) throws(FrameError) {
    let call = try IncomingCall(frame)
    if isFullOfAnswers { return refuseUnseen(call.request) }
    delegate?.link(self, received: call)
  }

  @inline(__always)
  var isFullOfAnswers: Bool {
    backlog + data.count > TransportLimits.outputForAnswers || outgoing.pendingBytes > ChunkLimits.pending
  }

  @inline(__always)
  func handleReply(_ frame: RawSpan, _ type: FrameType) throws(FrameError) {
    let request = try ReplyFrame.request(in: frame, type)
    switch pending.complete(request, isAsk: type == .answer) {
    case .waiter(let waiter):
      let reply = ReplyFrame.reply(in: frame, type)
      // Whatever the peer has made of what we declared, it hears it again.
      if reply.status.isAboutIdentity { declared.removeAll() }
      waiter.resume(returning: reply)
    case .abandoned: break
    case .notOpen: throw .notOpen(type, request: request)
    }
    if bulk.isUnderWay { bulkMayHaveEnded(request) }
  }

  func refuseUnseen(_ request: UInt32) {
    backlog = connection?.pendingBytes ?? 0
    refuse(
      request: request, overloaded: "\(backlog + data.count) bytes of answers wait to be read",
      retryAfterMilliseconds: TransportLimits.retryAfter)
  }

  @inline(never)
  private func handleControl(_ frame: RawSpan, _ type: FrameType) throws(FrameError) {
    switch type {
    case .ping:
      ControlFrames.writePong(try ControlFrames.number(in: frame, type), to: &control)
      gathered()
    case .pong:
      heardPong(try ControlFrames.number(in: frame, type))
    case .epoch:
      let epoch = try ControlFrames.number(in: frame, type)
      announcedEpoch = max(announcedEpoch, epoch)
      delegate?.link(self, epoch: epoch)
    case .ask:
      let (request, topic) = try AskFrame.head(in: frame)
      delegate?.link(self, asked: request, topic, frame.extracting(AskFrame.payload..<frame.byteCount))
    case .goodbye:
      farewell(try ControlFrames.goodbye(in: frame))
    case .cancel:
      delegate?.link(self, cancelled: try CancelFrame.request(in: frame))
    case .goAway:
      if isOutgoing { retire() }
    case .identity:
      try handleIdentity(frame)
    case .compressed:
      try handleCompressed(frame)
    case .stamp:
      stamped(try ControlFrames.number(in: frame, type))
    case .begin, .chunk, .credit, .stop:
      try handleChunked(frame, type)
    case .hello, .call, .reply, .answer:
      throw .unexpected(type)
    }
  }

  @inline(never)
  private func handleBeforeOpen(_ frame: RawSpan, _ type: FrameType) throws(FrameError) {
    switch type {
    case .hello: perform(handshake.received(try HelloFrame.read(frame)))
    case .goodbye: farewell(try ControlFrames.goodbye(in: frame))
    default: throw .unexpected(type)
    }
  }

  public func drained(_ connection: any Connection) {
    backlog = connection.pendingBytes
  }
}
