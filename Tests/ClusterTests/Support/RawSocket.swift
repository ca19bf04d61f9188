// A TCP connection that does only what it is told: it neither reads nor speaks by itself.

import Foundation

final class RawSocket: Sendable {
  struct Failed: Error {
    var errno: Int32
  }

  private let descriptor: Int32

  /// To a port of this machine.
  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard result == 0 else { throw Failed(errno: errno) }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  /// How many bytes the kernel took.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Int { Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  /// What is there; nil when nothing is, empty when the other side has ended.
  func receive() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    if count < 0 { return errno == EAGAIN || errno == EWOULDBLOCK ? nil : [] }
    return Array(bytes[..<count])
  }

  /// FIN: this side sends no more. The other side's bytes would still be taken.
  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  deinit { close(descriptor) }
}
