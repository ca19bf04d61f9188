// The way out of the node: to somebody else's ledger, in another process, over a connection a call. It takes what happened and the key under
// which that is one effect, as a provider would, and answers when it has written it down.
import Foundation

public struct Outside: Sendable {
  let port: Int

  public init(port: Int) { self.port = port }

  public struct NoAnswer: Error {
    public let errno: Int32
  }

  /// Returns when it was taken.
  func take(_ what: String, key: String) async throws {
    let port = port
    try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
      // The loop goes on meanwhile: what blocks is a thread of its own.
      Thread.detachNewThread { waiter.resume(with: Result { try Self.post("\(key)\t\(what)\n", to: port) }) }
    }
  }

  private static func post(_ line: String, to port: Int) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
    guard isConnected else { throw NoAnswer(errno: errno) }
    let bytes = Array(line.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw NoAnswer(errno: errno) }
    var answer: UInt8 = 0
    guard recv(descriptor, &answer, 1, 0) == 1 else { throw NoAnswer(errno: errno) }
  }
}
