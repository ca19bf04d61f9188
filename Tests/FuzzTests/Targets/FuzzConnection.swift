// A connection whose other end is the fuzzer: it says what arrives and when, and sees what is sent.
import TroupeNet

final class FuzzConnection: Connection {
  private let loop: FuzzLoop
  private var handler: (any ConnectionHandler)?
  var peer: PeerIdentity?
  var remoteAddress: SocketAddress? { nil }
  var pendingBytes: Int { 0 }

  /// What has been sent and not been taken, where somebody takes it.
  var sent: [UInt8] = []
  var keepsSent = false
  private(set) var frames = SentFrames()
  private(set) var hasEnded = false
  private var isOpen = false
  private var input: [UInt8] = []

  init(on loop: FuzzLoop, handler: any ConnectionHandler, peer: PeerIdentity? = nil) {
    self.loop = loop
    self.handler = handler
    self.peer = peer
  }

  func send(_ bytes: RawSpan) {
    guard !hasEnded else { return }
    frames.add(bytes)
    if keepsSent { bytes.withUnsafeBytes { sent.append(contentsOf: $0) } }
  }

  func pauseReading() {}
  func resumeReading() {}

  func close(_ reason: CloseReason) {
    guard !hasEnded else { return }
    hasEnded = true
    loop.later { [self] in
      let handler = handler
      self.handler = nil
      handler?.closed(self, reason)
    }
  }

  /// Once; what arrives before it is lost.
  func open() {
    guard !hasEnded, !isOpen else { return }
    isOpen = true
    handler?.opened(self)
  }

  /// Shows the handler what has arrived, behind what it has left.
  func arrive(_ bytes: UnsafeRawBufferPointer) {
    guard isOpen, !hasEnded, let handler, bytes.count > 0 else { return }
    input.append(contentsOf: bytes)
    // Memory of exactly this size, so that the sanitizer sees a read one byte behind it.
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count, alignment: 1)
    defer { exact.deallocate() }
    input.withUnsafeBytes { exact.copyMemory(from: $0) }
    let consumed = handler.received(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(exact)), on: self)
    precondition((0...input.count).contains(consumed), "the handler consumed \(consumed) of \(input.count) bytes")
    input.removeFirst(consumed)
    if input.count > ConnectionLimits.input { close(.inputLimit) }
  }
}
