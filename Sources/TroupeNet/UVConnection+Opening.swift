// How a connection comes to be: resolved and connected to, or accepted; then the handshake, all within one time limit.
import CLibuv
import Glibc

extension UVConnection {
  func connect(to address: SocketAddress, security: TLSContext?, expecting: PeerIdentity?) {
    remoteAddress = address
    tls = security.map { TLSSession($0, isServer: false, expecting: expecting, sink: loop.wire) }
    limitTime("no connection to \(address)")
    if let numeric = address.numeric { return connect(to: numeric) }
    resolution = UVResolution(loop, address) { [unowned self] outcome in
      resolution = nil
      guard state == .connecting else { return }
      switch outcome {
      case .success(let found): connect(to: found)
      case .failure(let reason): end(reason, lingers: false)
      }
    }
  }

  private func connect(to storage: sockaddr_storage) {
    let failure = storage.withSocketAddress { address, _ in
      uv_tcp_connect(connectRequest, tcp, address) { request, status in
        let connection = UVConnection.of(request?.pointee.data)
        connection.loop.pass { connection.connected(status) }
      }
    }
    if failure != 0 { connected(failure) }
  }

  private func connected(_ status: Int32) {
    guard state == .connecting else { return }
    if status != 0 {
      return end(.unreachable("\(remoteAddress.map(String.init) ?? "the peer"): \(UVError.sentence(status))"), lingers: false)
    }
    uv_tcp_nodelay(tcp, 1)
    begin()
  }

  /// Takes over an accepted descriptor, then asks `choose` for the handler.
  func accepted(
    _ descriptor: Int32, from remote: SocketAddress?, security: TLSContext?, _ choose: () -> (any ConnectionHandler)?
  ) {
    remoteAddress = remote
    let failure = uv_tcp_open(tcp, descriptor)
    if failure != 0 {
      Glibc.close(descriptor)
      return letGo()
    }
    uv_tcp_nodelay(tcp, 1)
    handler = choose()
    guard state == .connecting else { return }
    if handler == nil { return letGo() }
    tls = security.map { TLSSession($0, isServer: true, expecting: nil, sink: loop.wire) }
    limitTime("no TLS handshake from \(remote.map(String.init) ?? "the peer")")
    begin()
  }

  private func begin() {
    state = .handshaking
    startReading()
    if tls == nil { hasOpened() } else { _ = shakeHands() }
  }

  /// One more step of the handshake. Returns whether the connection is open now.
  func shakeHands() -> Bool {
    guard let tls else { return false }
    let progress = tls.handshake()
    push()  // a flight of ours, or the alert that says why we refuse
    switch progress {
    case .wantsInput: return false
    case .failed(let reason):
      end(reason)
      return false
    case .done:
      guard let peer = tls.peer else {
        end(.handshake("the peer showed no certificate"))
        return false
      }
      self.peer = peer
      hasOpened()
      return state == .open
    }
  }

  private func hasOpened() {
    timeLimit?.cancel()
    timeLimit = nil
    state = .open
    if isPaused { stopReading() }
    handler?.opened(self)
  }

  private func limitTime(_ what: String) {
    timeLimit = loop.schedule(after: ConnectionLimits.handshake) { [unowned self] in
      end(.timeout("\(what) within \(ConnectionLimits.handshake)"), lingers: false)
    }
  }
}
