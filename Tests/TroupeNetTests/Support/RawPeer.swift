// A peer that knows nothing of our protocols: a blocking socket.
import Glibc
import TroupeNet

enum RawPeer {
  /// A connected socket.
  static func socketAndConnect(_ address: SocketAddress) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = UInt16(address.port).bigEndian
    target.sin_addr.s_addr = inet_addr(address.host)
    let connected = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    precondition(connected == 0, "no connection to \(address): \(String(cString: strerror(errno)))")
    return descriptor
  }

  /// Connects, sends `bytes`, says that it has no more, and reads until the other side closes.
  static func send(_ bytes: [UInt8], to address: SocketAddress) {
    let descriptor = socketAndConnect(address)
    defer { close(descriptor) }
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    shutdown(descriptor, Int32(SHUT_WR))
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while recv(descriptor, &buffer, buffer.count, 0) > 0 {}
  }
}
