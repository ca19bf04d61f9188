// Between a node and DynamoDB, where one step of the store may be several requests: it counts those that write, and at one of them there is a
// death instead of the request, or of its answer. Beats are updates, the only ones, and do not count.
import Foundation
import Killed
import Synchronization

final class RequestProxy: Sendable {
  struct Strike: Sendable {
    /// The request's number, from 1.
    var number: Int
    var moment: KillOrder.Moment
    /// Hears which one it was.
    var kill: @Sendable (String) -> Void
  }

  private struct State {
    var strike: Strike?
    var count = 0
  }

  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  let endpoint: String
  private let descriptor: Int32
  private let shared = Shared()
  private static let writes = ["PutItem", "TransactWriteItems", "BatchWriteItem", "DeleteItem"]

  init(to endpoint: String) throws {
    let (descriptor, port) = try Loopback.listen()
    self.descriptor = descriptor
    self.endpoint = "http://127.0.0.1:\(port)"
    let upstream = Int(endpoint.split(separator: ":").last ?? "") ?? 0
    Loopback.serve(descriptor) { [shared] in Self.carry($0, to: upstream, shared) }
  }

  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Requests that write count from now on.
  func begin(_ strike: Strike) { shared.state.withLock { $0 = State(strike: strike) } }

  // MARK: Connections

  private static func carry(_ node: Int32, to port: Int, _ shared: Shared) {
    guard let table = try? Loopback.connect(to: port) else { return }
    // What is done with the next answer in place of passing it on.
    let killing = Mutex<(@Sendable () -> Void)?>(nil)
    let isOver = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      while let bytes = Loopback.receive(from: table) {
        if let kill = killing.withLock({ $0.take() }) {
          kill()
          break
        }
        guard Loopback.send(bytes, to: node) else { break }
      }
      // A connection that had ended before the request came: the next one, its repetition, takes its number.
      if killing.withLock({ $0 }) != nil { shared.state.withLock { $0.count -= 1 } }
      shutdown(node, Int32(SHUT_RDWR))
      isOver.signal()
    }
    var rest: [UInt8] = []
    while let request = next(from: node, &rest) {
      if let (moment, kill) = strike(at: request.operation, shared) {
        if moment == .before {
          kill()
          break
        }
        killing.withLock { $0 = kill }
      }
      guard Loopback.send(request.bytes, to: table) else { break }
    }
    shutdown(table, Int32(SHUT_RDWR))
    isOver.wait()
    close(table)
  }

  private static func strike(at operation: String, _ shared: Shared) -> (KillOrder.Moment, @Sendable () -> Void)? {
    let strike = shared.state.withLock { state -> Strike? in
      guard writes.contains(operation), let strike = state.strike else { return nil }
      state.count += 1
      return state.count == strike.number ? strike : nil
    }
    guard let strike else { return nil }
    return (strike.moment, { strike.kill(operation) })
  }

  /// One request, as it came. The client gives the length of each body.
  private static func next(from node: Int32, _ rest: inout [UInt8]) -> (operation: String, bytes: [UInt8])? {
    let mark = Array("\r\n\r\n".utf8)
    while true {
      if let end = rest.firstRange(of: mark)?.upperBound {
        let head = String(decoding: rest[..<end], as: UTF8.self)
        let whole = end + (field("content-length", of: head).flatMap { Int($0) } ?? 0)
        if rest.count >= whole {
          defer { rest.removeFirst(whole) }
          let operation = field("x-amz-target", of: head)?.split(separator: ".").last.map(String.init)
          return (operation ?? "", Array(rest[..<whole]))
        }
      }
      guard let bytes = Loopback.receive(from: node) else { return nil }
      rest += bytes
    }
  }

  private static func field(_ name: String, of head: String) -> String? {
    for line in head.split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name { return parts[1].trimmingCharacters(in: .whitespaces) }
    }
    return nil
  }
}
