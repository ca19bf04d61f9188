// The proxy's own address. Unlike other listeners this one can stop listening and begin again without giving the port away: between the
// two, the system refuses whoever connects.
import Glibc
import TroupeNet

struct ProxyListener: Sendable {
  /// Connections that the kernel keeps for us.
  private static let backlog: Int32 = 511

  let address: SocketAddress
  let descriptor: Int32
  private(set) var isListening = true

  /// Binds and listens. The address is a numeric one of this machine's own loopback: a proxy that damages what passes is nobody else's.
  init(on wanted: SocketAddress) throws(NetError) {
    guard let storage = wanted.numeric, Self.isLoopback(storage) else {
      throw .cannotListen(wanted, "a fault proxy listens on a numeric loopback address, 127.0.0.1 for instance")
    }
    let first = try Self.bound(storage, wanted)
    guard let taken = Self.name(of: first) else {
      Glibc.close(first)
      throw .cannotListen(wanted, "the system does not say which port it took")
    }
    // A port that the kernel chose is lost when listening stops, one that was asked for is not; so it is asked for, while it is held.
    if wanted.port == 0 {
      defer { Glibc.close(first) }
      descriptor = try Self.bound(taken, wanted)
    } else {
      descriptor = first
    }
    address = SocketAddress(host: wanted.host, port: SocketAddress(taken)?.port ?? wanted.port)
    guard listen(descriptor, Self.backlog) == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw Self.refusal(code, wanted)
    }
  }

  /// Whoever connects from now on is refused, or welcome again. Connections that wait unaccepted are reset by the former.
  mutating func setListening(_ wanted: Bool) {
    guard wanted != isListening else { return }
    isListening = wanted
    if wanted { listen(descriptor, Self.backlog) } else { shutdown(descriptor, Int32(SHUT_RD)) }
  }

  func close() { Glibc.close(descriptor) }

  private static func bound(_ storage: sockaddr_storage, _ wanted: SocketAddress) throws(NetError) -> Int32 {
    let descriptor = socket(Int32(storage.ss_family), Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if descriptor < 0 { throw refusal(errno, wanted) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard storage.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw refusal(code, wanted)
    }
    return descriptor
  }

  private static func refusal(_ code: Int32, _ wanted: SocketAddress) -> NetError {
    code == EADDRINUSE ? .addressInUse(wanted) : .cannotListen(wanted, ProxySystemError(code: code).description)
  }

  private static func name(of descriptor: Int32) -> sockaddr_storage? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) {
      getsockname(descriptor, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length)
    }
    return result == 0 ? storage : nil
  }

  private static func isLoopback(_ storage: sockaddr_storage) -> Bool {
    guard let host = SocketAddress(storage)?.host else { return false }
    return host.hasPrefix("127.") || host == "::1"
  }
}
