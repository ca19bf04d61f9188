// A plain blocking TCP socket for tests of the proxy: it shows what a program outside would see. Waits end after a while, so that a test
// that hangs fails by name.
import Foundation
import Glibc
import TroupeNet

final class LoopbackSocket: Sendable {
  struct Failed: Error, Hashable, CustomStringConvertible {
    let code: Int32
    var description: String { String(cString: strerror(code)) }
  }

  private let descriptor: Int32

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  private static func make() throws -> LoopbackSocket {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failed(code: errno) }
    return LoopbackSocket(descriptor)
  }

  private static func check(_ result: Int) throws -> Int {
    guard result >= 0 else { throw Failed(code: errno) }
    return result
  }

  /// Runs `body` on a thread of its own: what waits for a socket must not keep the few threads of tasks from running.
  static func apart<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { waiter in
      Thread.detachNewThread { waiter.resume(with: Result { try body() }) }
    }
  }

  // MARK: Opening

  /// Bound to a free port, so that nobody else gets it; listening when it should.
  static func bound(isListening: Bool) throws -> (socket: LoopbackSocket, address: SocketAddress) {
    let made = try make()
    var yes: Int32 = 1
    setsockopt(made.descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = Self.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(made.descriptor, $0, length) == 0 && getsockname(made.descriptor, $0, &length) == 0
      }
    }
    guard result, !isListening || listen(made.descriptor, 64) == 0 else { throw Failed(code: errno) }
    return (made, SocketAddress(host: "127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port))))
  }

  static func connect(to address: SocketAddress) throws -> LoopbackSocket {
    let made = try make()
    var target = Self.address(port: address.port)
    _ = try withUnsafeMutablePointer(to: &target) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try check(Int(Glibc.connect(made.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))))
      }
    }
    return made
  }

  func accept() throws -> LoopbackSocket { LoopbackSocket(Int32(try Self.check(Int(Glibc.accept(descriptor, nil, nil))))) }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  // MARK: Bytes

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = try rest.withUnsafeBytes { try Self.check(Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))) }
      rest.removeFirst(sent)
    }
  }

  /// What is there, at most `limit`; empty at the end.
  private func some(_ limit: Int, _ flags: Int = 0) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = try Self.check(recv(descriptor, &buffer, limit, Int32(flags)))
    return Array(buffer.prefix(count))
  }

  /// Exactly so many bytes; fewer when the other side ends.
  func receive(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try some(count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  func text(_ count: Int) throws -> String { String(decoding: try receive(count), as: UTF8.self) }

  /// Everything up to the other side's end.
  func receiveToEnd() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try some(1 << 16)
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// Whether nothing at all is there to be read, not even an end.
  var isSilent: Bool {
    do {
      _ = try some(1, Int(MSG_PEEK) | Int(MSG_DONTWAIT))
      return false
    } catch { return (error as? Failed)?.code == EAGAIN }
  }

  // MARK: Ending

  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// RST instead of FIN, when it is let go.
  func resetsAtClose() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
  }

  /// Reads until the connection is reset. Throws what else happens.
  func waitForReset() throws {
    do {
      let rest = try receiveToEnd()
      throw Ended(bytes: rest.count)
    } catch let error as Failed where error.code == ECONNRESET {}
  }

  struct Ended: Error { let bytes: Int }
}
