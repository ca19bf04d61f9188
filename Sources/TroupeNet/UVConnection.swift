// A TCP connection of the real loop, with TLS unless it was made without: its states and its end. Reading, writing and coming
// to be are in the files beside this one.
import CLibuv
import Glibc

final class UVConnection: Connection, LoopResident {
  /// connecting → handshaking → open → closing → closed; every state may go to closing or closed directly.
  enum State: Int { case connecting, handshaking, open, closing, closed }

  /// Bytes of one read.
  static let readSize = 64 << 10
  /// Leftover input up to this size is moved to the loop's buffer and read on there; above it the connection's own is used.
  static let smallLeftover = 64 << 10
  /// The loop's buffer: a small leftover, one read decrypted, and a record that OpenSSL held back.
  static let plainSize = smallLeftover + readSize + 2 * TLSSession.recordSize
  /// Ciphertext that is gathered before it is offered to the kernel.
  static let writeSize = 256 << 10

  let loop: UVLoop
  var handler: (any ConnectionHandler)?
  var state = State.connecting
  var peer: PeerIdentity?
  var remoteAddress: SocketAddress?
  var tls: TLSSession?
  var input = InputBuffer()
  var output: OutputQueue
  var bytesInFlight = 0
  var wasAboveLowWater = false
  var isPaused = false
  var isShowing = false
  var isReading = false
  var timeLimit: LoopTimer?
  var resolution: UVResolution?
  private var reason = CloseReason.local

  let tcp = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
  let writeRequest = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
  let connectRequest = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
  var stream: UnsafeMutablePointer<uv_stream_t> { UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_stream_t.self) }

  init(_ loop: UVLoop, handler: (any ConnectionHandler)?) {
    self.loop = loop
    self.handler = handler
    output = OutputQueue(loop.chunks)
    uv_tcp_init(loop.uv, tcp)
    let me = Unmanaged.passUnretained(self).toOpaque()
    tcp.pointee.data = me
    writeRequest.pointee.data = me
    connectRequest.pointee.data = me
    loop.residents[ObjectIdentifier(self)] = self  // keeps it alive until libuv has let go of the handle
  }

  deinit {
    tcp.deallocate()
    writeRequest.deallocate()
    connectRequest.deallocate()
  }

  @inline(__always)
  static func of(_ data: UnsafeMutableRawPointer?) -> UVConnection {
    guard let data else { preconditionFailure("libuv called back without a connection") }
    return Unmanaged<UVConnection>.fromOpaque(data).takeUnretainedValue()
  }

  var pendingBytes: Int { output.count }
  var validUntil: WallTime? { tls?.validUntil }
  var denial: DenyList.Entry? { tls?.denial }

  // MARK: the end

  func close(_ reason: CloseReason) { end(reason) }

  func loopStops() { end(.loopStopped, lingers: false) }

  /// Ends the connection; the first reason counts. What is queued may still leave unless the stream is broken (`lingers`).
  func end(_ reason: CloseReason, lingers: Bool = true) {
    guard state.rawValue < State.closing.rawValue else {
      if !lingers, state == .closing { letGo() }
      return
    }
    self.reason = reason
    let wasOpen = state == .open
    state = .closing
    timeLimit?.cancel()
    resolution?.cancel()
    stopReading()
    if wasOpen, let tls {
      tls.sayFarewell()
      push()
      if state == .closed { return }  // the stream turned out to be broken
    }
    if !lingers || output.isEmpty { return letGo() }
    timeLimit = loop.schedule(after: ConnectionLimits.linger) { [unowned self] in letGo() }
  }

  /// Gives the handle back to libuv; the handler hears of it when libuv is done with it.
  func letGo() {
    guard state != .closed else { return }
    state = .closed
    timeLimit?.cancel()
    uv_close(UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_handle_t.self)) { handle in
      let connection = UVConnection.of(handle?.pointee.data)
      connection.loop.pass { connection.hasEnded() }
    }
  }

  private func hasEnded() {
    output.removeAll()
    input.removeAll()
    tls = nil
    let handler = handler
    self.handler = nil
    handler?.closed(self, reason)
    loop.residents[ObjectIdentifier(self)] = nil
  }
}
