// A TCP socket that never waits: the few system calls that a proxy needs, and what their answers mean.
import Glibc
import TroupeNet

/// An open socket. Whoever holds it last calls `close` or `reset`.
struct ProxySocket: Hashable, Sendable {
  enum Received {
    case bytes([UInt8])
    case end
    case nothing
    /// The connection is lost.
    case lost
  }

  enum Sent {
    case count(Int)
    case lost
  }

  /// What one read takes at most, bytes: a chunk.
  static let chunk = 64 << 10

  let descriptor: Int32

  /// Takes over a socket that was accepted.
  init(accepted descriptor: Int32) {
    self.descriptor = descriptor
    sendAtOnce()
  }

  /// Begins to connect; writable when it is decided.
  init(connectingTo address: sockaddr_storage) throws(ProxySystemError) {
    descriptor = socket(
      Int32(address.ss_family), Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw ProxySystemError(code: errno) }
    sendAtOnce()
    let result = address.withSocketAddress { Glibc.connect(descriptor, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else {
      let code = errno
      Glibc.close(descriptor)
      throw ProxySystemError(code: code)
    }
  }

  /// What a connection attempt has come to, and any other error that waits.
  var error: Int32 {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
    return code
  }

  func receive() -> Received {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, count in
      let received = recv(descriptor, buffer.baseAddress, Self.chunk, 0)
      count = max(0, received)
      failure = received < 0 ? errno : 0
    }
    switch failure {
    case 0: return bytes.isEmpty ? .end : .bytes(bytes)
    case EAGAIN, EINTR: return .nothing
    default: return .lost
    }
  }

  func send(_ bytes: ArraySlice<UInt8>) -> Sent {
    let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if sent >= 0 { return .count(sent) }
    return errno == EAGAIN || errno == EINTR ? .count(0) : .lost
  }

  /// FIN: nothing more will be sent.
  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  func close() { Glibc.close(descriptor) }

  /// RST: whatever is under way is thrown away.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    Glibc.close(descriptor)
  }

  /// A drip stays a drip.
  private func sendAtOnce() {
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }
}

/// What the system said.
struct ProxySystemError: Error, CustomStringConvertible {
  let code: Int32
  var description: String { String(cString: strerror(code)) }
}
