// The listening socket of the real loop. It is polled and accepted from by hand, not by uv_listen: when descriptors run out,
// libuv would spin or drop the backlog, and we want to wait a moment and go on.
import CLibuv
import Glibc

final class UVListener: Listener, LoopResident {
  /// Connections that the kernel keeps for us; as many as nginx asks for.
  private static let backlog: Int32 = 511
  /// Accepted in one callback before others get their turn.
  private static let batch = 64
  /// How long accepting rests when the system has no descriptors or no memory left.
  private static let rest: Duration = .milliseconds(100)

  private(set) var address: SocketAddress
  private let loop: UVLoop
  private let security: TLSContext?
  private var accept: ((any Connection) -> (any ConnectionHandler)?)?  // let go when closed: it often holds us
  private let poll: UnsafeMutablePointer<uv_poll_t>
  private let descriptor: Int32
  private var resting: LoopTimer?
  var whenExhausted: ((String?) -> Void)?
  private var isExhausted = false
  private var isClosed = false

  init(
    _ loop: UVLoop, on wanted: SocketAddress, security: TLSContext?,
    accept: @escaping (any Connection) -> (any ConnectionHandler)?
  ) throws(NetError) {
    self.loop = loop
    self.security = security
    self.accept = accept
    (descriptor, address) = try Self.open(wanted)
    poll = .allocate(capacity: 1)
    let failure = uv_poll_init(loop.uv, poll, descriptor)
    if failure != 0 {
      Glibc.close(descriptor)
      poll.deallocate()
      throw .cannotListen(wanted, UVError.sentence(failure))
    }
    poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    loop.residents[ObjectIdentifier(self)] = self  // keeps it alive until the handle is closed
    startPolling()
  }

  func loopStops() { close() }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    accept = nil
    whenExhausted = nil
    resting?.cancel()
    uv_close(UnsafeMutableRawPointer(poll).assumingMemoryBound(to: uv_handle_t.self)) { handle in
      UVListener.of(handle?.pointee.data).closed()
    }
  }

  private func closed() {
    Glibc.close(descriptor)
    poll.deallocate()
    loop.residents[ObjectIdentifier(self)] = nil
  }

  private static func of(_ data: UnsafeMutableRawPointer?) -> UVListener {
    guard let data else { preconditionFailure("libuv called back without a listener") }
    return Unmanaged<UVListener>.fromOpaque(data).takeUnretainedValue()
  }

  private func startPolling() {
    uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
      let listener = UVListener.of(handle?.pointee.data)
      listener.loop.pass { listener.acceptSome() }
    }
  }

  private func acceptSome() {
    for _ in 0..<Self.batch where !isClosed {
      switch AcceptedSocket.next(of: descriptor) {
      case .connection(let accepted, let remote): welcome(accepted, from: SocketAddress(remote))
      case .nobody: return hasRecovered()
      case .exhausted(let code): return takeRest(code)
      }
    }
    hasRecovered()
  }

  private func hasRecovered() {
    guard isExhausted else { return }
    isExhausted = false
    whenExhausted?(nil)
  }

  private func welcome(_ descriptor: Int32, from remote: SocketAddress?) {
    let connection = UVConnection(loop, handler: nil)
    connection.accepted(descriptor, from: remote, security: security) { [accept] in accept?(connection) }
  }

  private func takeRest(_ code: Int32) {
    uv_poll_stop(poll)
    if !isExhausted {
      isExhausted = true
      whenExhausted?(String(cString: strerror(code)))
    }
    resting = loop.schedule(after: Self.rest) { [unowned self] in if !isClosed { startPolling() } }
  }

  private static func open(_ wanted: SocketAddress) throws(NetError) -> (Int32, SocketAddress) {
    guard let storage = wanted.numeric else { throw .cannotListen(wanted, "the host must be a numeric address") }
    let descriptor = socket(Int32(storage.ss_family), Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if descriptor < 0 { throw .cannotListen(wanted, String(cString: strerror(errno))) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let isListening =
      storage.withSocketAddress { bind(descriptor, $0, $1) } == 0 && Glibc.listen(descriptor, backlog) == 0
    if !isListening {
      let code = errno
      Glibc.close(descriptor)
      if code == EADDRINUSE { throw .addressInUse(wanted) }
      throw .cannotListen(wanted, String(cString: strerror(code)))
    }
    var taken = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = withUnsafeMutablePointer(to: &taken) {
      getsockname(descriptor, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length)
    }
    return (descriptor, SocketAddress(host: wanted.host, port: SocketAddress(taken)?.port ?? wanted.port))
  }
}
