// Somebody who connects to a node and does not mean well: sends some bytes and sees how his connection ends.

import Foundation
import TroupeNet

enum Stranger {
  /// Connects, sends `bytes` as soon as it may, and returns why the connection ended, seen from this side.
  static func visit(_ address: String, security: TLSContext?, sending bytes: [UInt8]) async throws -> CloseReason {
    guard let address = SocketAddress(address) else { return .unreachable("\(address) is no address") }
    let loop = try UVLoop.start(index: 0, name: "stranger")
    defer { loop.stop() }
    return await withCheckedContinuation { waiter in
      loop.execute {
        _ = loop.connect(to: address, security: security, expecting: nil, handler: Visit(bytes) { waiter.resume(returning: $0) })
      }
    }
  }

  private final class Visit: ConnectionHandler {
    private let bytes: [UInt8]
    private let ended: (CloseReason) -> Void

    init(_ bytes: [UInt8], _ ended: @escaping (CloseReason) -> Void) {
      self.bytes = bytes
      self.ended = ended
    }

    func opened(_ connection: any Connection) {
      let bytes = bytes
      connection.send(bytes.span.bytes)
    }
    func received(_ bytes: RawSpan, on connection: any Connection) -> Int { bytes.byteCount }
    func closed(_ connection: any Connection, _ reason: CloseReason) { ended(reason) }
  }
}

/// Frames by hand, so that the test does not share the code that it tests. See `protocols/wire-frames.md`.
enum Frames {
  static func hello(cluster: String, name: String, role: UInt8) -> [UInt8] {
    var body: [UInt8] = [1] + Array("TRPE".utf8)
    body += little(UInt16(1)) + little(UInt16(1)) + text(cluster) + text(name) + [role]
    body += little(UInt64(7)) + little(UInt16(0)) + little(UInt16(1)) + little(UInt32(1 << 24)) + little(UInt64(0))
    return frame(body)
  }

  /// With a second left, and no argument.
  static func call(request: UInt32, kind: UInt32, method: UInt64, entity: String) -> [UInt8] {
    var body: [UInt8] = [16] + little(request) + [0] + little(kind) + little(method) + little(UInt32(1_000_000))
    for number in [42, 1, 1, 1] as [UInt64] { body += little(number) }
    return frame(body + text(entity))
  }

  static func begin(message: UInt32, total: Int, _ bytes: [UInt8]) -> [UInt8] {
    frame([18] + little(message) + little(UInt32(total)) + bytes)
  }

  /// Type and body, behind their length.
  static func frame(_ body: [UInt8]) -> [UInt8] { little(UInt32(body.count)) + body }

  /// The head of a frame that says it is so long, and the type of one that may be.
  static func head(claiming count: Int) -> [UInt8] { little(UInt32(count)) + [16] }

  /// The head of a frame that says it is as long as can be said.
  static let endless: [UInt8] = [0xff, 0xff, 0xff, 0xff, 3]

  private static func text(_ text: String) -> [UInt8] { little(UInt16(text.utf8.count)) + Array(text.utf8) }
  private static func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}
