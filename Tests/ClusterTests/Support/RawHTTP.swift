// HTTP by hand, for requests that a proper client does not send: broken text, and a body that goes on though the answer is
// there already.

import Foundation
import TroupeNet

enum RawHTTP {
  enum Framing {
    case length, chunked
  }

  struct NoAnswer: Error {
    var received: String
  }

  /// Sends a request with a body of `size` spaces, and returns the answer once the gateway has closed the connection.
  static func send(
    _ requestLine: String, bodyOf size: Int = 0, _ framing: Framing = .length, to gateway: String
  ) async throws -> Shopper.Answer {
    guard let address = SocketAddress(gateway.replacingOccurrences(of: "http://", with: "")) else { throw NoAnswer(received: gateway) }
    let length = framing == .length ? "Content-Length: \(size)" : "Transfer-Encoding: chunked"
    let head =
      "\(requestLine)\r\nHost: \(address)\r\nConnection: close\r\nContent-Type: application/json\r\n\(size == 0 ? "" : length + "\r\n")\r\n"
    let loop = try UVLoop.start(index: 0, name: "raw-http")
    defer { loop.stop() }
    let received: [UInt8] = await withCheckedContinuation { waiter in
      loop.execute {
        let exchange = Exchange(head: Array(head.utf8), size: size, framing) { waiter.resume(returning: $0) }
        _ = loop.connect(to: address, security: nil, expecting: nil, handler: exchange)
      }
    }
    return try answer(received)
  }

  private static func answer(_ bytes: [UInt8]) throws -> Shopper.Answer {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.1 "), let status = Int(text.dropFirst(9).prefix(3)) else {
      throw NoAnswer(received: String(text.prefix(300)))
    }
    let fields = text[..<end.lowerBound].split(separator: "\r\n").dropFirst()
    let type = fields.first { $0.lowercased().hasPrefix("content-type:") }?.dropFirst("content-type:".count) ?? ""
    return Shopper.Answer(
      status: status, type: type.trimmingCharacters(in: .whitespaces), body: Data(text[end.upperBound...].utf8))
  }

  /// Sends as fast as the kernel takes it, reads whatever comes.
  private final class Exchange: ConnectionHandler {
    private static let piece = 1 << 16
    private let head: [UInt8]
    private var left: Int
    private let framing: Framing
    private let ended: ([UInt8]) -> Void
    private var received: [UInt8] = []

    init(head: [UInt8], size: Int, _ framing: Framing, _ ended: @escaping ([UInt8]) -> Void) {
      self.head = head
      left = size
      self.framing = framing
      self.ended = ended
    }

    func opened(_ connection: any Connection) {
      let head = head
      connection.send(head.span.bytes)
      drained(connection)
    }

    func drained(_ connection: any Connection) {
      while left > 0, connection.pendingBytes < ConnectionLimits.lowWater * 2 {
        let count = min(left, Self.piece)
        left -= count
        var bytes = [UInt8](repeating: UInt8(ascii: " "), count: count)
        if framing == .chunked { bytes = Array("\(String(count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8) }
        connection.send(bytes.span.bytes)
      }
    }

    func received(_ bytes: RawSpan, on connection: any Connection) -> Int {
      bytes.withUnsafeBytes { received.append(contentsOf: $0) }
      return bytes.byteCount
    }

    func closed(_ connection: any Connection, _ reason: CloseReason) { ended(received) }
  }
}
