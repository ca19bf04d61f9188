// Somebody else's books: what nodes do outside arrives here, in the test's process, and stays whoever dies. Each arrival is kept, with the key
// that makes one effect of all that bear it.
import Foundation
import Synchronization

final class OutsideLedger: Sendable {
  struct Arrival: Hashable, Sendable {
    var what: String
    var key: String
  }

  private struct Books {
    var arrivals: [Arrival] = []
    var mute: (number: Int, kill: @Sendable () -> Void)?
  }

  let port: Int
  private let descriptor: Int32
  private let books = Shared()

  private final class Shared: Sendable {
    let books = Mutex(Books())
  }

  struct NoSocket: Error {
    var errno: Int32
  }

  init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isOpen = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isOpen else { throw NoSocket(errno: errno) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [descriptor, books] in Self.serve(descriptor, books) }
  }

  deinit {
    // It wakes the thread, which closes it.
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  var arrivals: [Arrival] { books.books.withLock { $0.arrivals } }

  /// The `number`-th arrival, from 1, is written down, and instead of an answer there is this.
  func insteadOfAnswering(_ number: Int, _ kill: @escaping @Sendable () -> Void) {
    books.books.withLock { $0.mute = (number, kill) }
  }

  // MARK: Connections

  private static func serve(_ descriptor: Int32, _ books: Shared) {
    defer { close(descriptor) }
    while true {
      let connection = accept(descriptor, nil, nil)
      if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard connection >= 0 else { return }
      Thread.detachNewThread { take(connection, books) }
    }
  }

  private static func take(_ connection: Int32, _ books: Shared) {
    defer { close(connection) }
    var line: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 4_096)
    while line.last != UInt8(ascii: "\n") {
      let count = recv(connection, &bytes, bytes.count, 0)
      guard count > 0 else { return }
      line += bytes[..<count]
    }
    let parts = String(decoding: line.dropLast(), as: UTF8.self).split(separator: "\t", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return }
    let kill = books.books.withLock { books -> (@Sendable () -> Void)? in
      books.arrivals.append(Arrival(what: parts[1], key: parts[0]))
      return books.mute?.number == books.arrivals.count ? books.mute?.kill : nil
    }
    if let kill { return kill() }
    _ = send(connection, "+", 1, Int32(MSG_NOSIGNAL))
  }
}

extension OutsideLedger {
  /// By what happened, in the order of the first arrivals: under how many keys, so how many effects it has had. Each must be one.
  var effects: [(what: String, count: Int)] {
    var keys: [String: Set<String>] = [:]
    var order: [String] = []
    for arrival in arrivals {
      if keys[arrival.what] == nil { order.append(arrival.what) }
      keys[arrival.what, default: []].insert(arrival.key)
    }
    return order.map { ($0, keys[$0]!.count) }
  }
}
