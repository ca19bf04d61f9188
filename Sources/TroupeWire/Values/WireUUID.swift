// Sixteen bytes in the order in which a UUID is printed. This module knows no Foundation; Foundation's `UUID` can be made
// from `bytes` where it is needed.

/// A UUID (RFC 9562) as it stands on the wire.
public struct WireUUID: Hashable, Sendable, Wire {
  /// The first eight bytes as printed, most significant first.
  public var high: UInt64
  /// The last eight.
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A version 4 UUID from two random numbers, such as an entity's `context.random()` gives.
  public init(random first: UInt64, _ second: UInt64) {
    high = first & ~0xf000 | 0x4000
    low = second & ~(3 << 62) | 2 << 62
  }

  @inlinable public init(from reader: inout Reader) throws(WireError) {
    high = UInt64(bigEndian: UInt64(littleEndian: try reader.fixed64()))
    low = UInt64(bigEndian: UInt64(littleEndian: try reader.fixed64()))
  }

  @inlinable public func write(to writer: inout Writer) {
    writer.fixed64(high.byteSwapped)
    writer.fixed64(low.byteSwapped)
  }

  public static func describe(in types: inout TypeTable) -> WireType { .uuid }
}

extension WireUUID: LosslessStringConvertible {
  /// Reads the printed form, in upper or lower case; nil for anything else.
  public init?(_ text: String) {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.map(\.utf8.count) == Self.groupLengths else { return nil }
    let digits = groups.joined()
    guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
      let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.dropFirst(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  public var description: String {
    var digits = Substring(Self.digits(of: high) + Self.digits(of: low))
    return Self.groupLengths.map { length in
      defer { digits = digits.dropFirst(length) }
      return String(digits.prefix(length))
    }.joined(separator: "-")
  }

  private static var groupLengths: [Int] { [8, 4, 4, 4, 12] }

  private static func digits(of half: UInt64) -> String {
    let digits = String(half, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
