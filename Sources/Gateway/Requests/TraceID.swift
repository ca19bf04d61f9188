// The id that ties an answer to the logs behind it: the client's own when it sends W3C trace context, else a new one.

import HTTPTypes

public struct TraceID: Hashable, Sendable, CustomStringConvertible {
  /// 32 hexadecimal digits, not all zero.
  public let description: String

  public init() {
    let digits = [UInt64.random(in: 1...UInt64.max), UInt64.random(in: 0...UInt64.max)].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    description = digits.joined()
  }

  /// Takes the id out of `00-<32 digits>-<16 digits>-<2 digits>`; nil when it is written in any other way.
  public init?(traceparent: String?) {
    guard let parts = traceparent?.split(separator: "-", omittingEmptySubsequences: false), parts.count >= 4 else { return nil }
    let digits = parts[1]
    guard digits.utf8.count == 32, digits.utf8.allSatisfy(Self.isLowercaseHex), digits.contains(where: { $0 != "0" }) else { return nil }
    description = String(digits)
  }

  private static func isLowercaseHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}

extension HTTPField.Name {
  static let traceparent = Self("traceparent")!
  static let idempotencyKey = Self("idempotency-key")!
}
