// Somebody else's books: what nodes do outside arrives here, in the test's process, and stays whoever dies. Each arrival is kept, with the key
// that makes one effect of all that bear it.
import Foundation
import Killed
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

  private final class Shared: Sendable {
    let books = Mutex(Books())
  }

  let port: Int
  private let descriptor: Int32
  private let shared = Shared()

  init() throws {
    (descriptor, port) = try Loopback.listen()
    Loopback.serve(descriptor) { [shared] in Self.take($0, shared) }
  }

  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

  var arrivals: [Arrival] { shared.books.withLock { $0.arrivals } }

  /// The `number`-th arrival, from 1, is written down, and instead of an answer there is this.
  func insteadOfAnswering(_ number: Int, _ kill: @escaping @Sendable () -> Void) {
    shared.books.withLock { $0.mute = (number, kill) }
  }

  /// One line a connection: the key, a tab, and what happened.
  private static func take(_ connection: Int32, _ shared: Shared) {
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      guard let bytes = Loopback.receive(from: connection) else { return }
      line += bytes
    }
    let parts = String(decoding: line.dropLast(), as: UTF8.self).split(separator: "\t", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return }
    let kill = shared.books.withLock { books -> (@Sendable () -> Void)? in
      books.arrivals.append(Arrival(what: parts[1], key: parts[0]))
      return books.mute?.number == books.arrivals.count ? books.mute?.kill : nil
    }
    if let kill { return kill() }
    Loopback.send("+".utf8, to: connection)
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
