// `traceparent` as the W3C's Trace Context writes it: 00-<32 digits>-<16 digits>-<2 digits>.

extension TraceContext {
  /// Characters of version 00, and so the fewest of any.
  private static let length = 55
  private static let dash = UInt8(ascii: "-")

  /// Reads a header's value. Nil for what the specification tells a reader to ignore: capital letters, ids of zero, version ff, too
  /// little, and in version 00 too much. Of a later version the parts of version 00 are taken, and what follows them is skipped.
  public init?(traceparent text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count >= Self.length, [2, 35, 52].allSatisfy({ bytes[$0] == Self.dash }) else { return nil }
    guard let version = Self.number(bytes[0..<2]), version != 0xff else { return nil }
    guard bytes.count == Self.length || (version > 0 && bytes[Self.length] == Self.dash) else { return nil }
    guard let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), let span = Self.number(bytes[36..<52]),
      let flags = Self.number(bytes[53..<55])
    else { return nil }
    self.init(traceHigh: high, traceLow: low, span: span, flags: UInt8(flags) & Self.known)
    guard isValid else { return nil }
  }

  /// The header's value, in version 00.
  public var traceparent: String { "00-\(traceID)-\(spanID)-\(Self.digits(UInt64(flags), 2))" }

  /// 32 hexadecimal digits: what people quote, and look for in logs.
  public var traceID: String { Self.digits(traceHigh, 16) + Self.digits(traceLow, 16) }

  /// 16 hexadecimal digits.
  public var spanID: String { Self.digits(span, 16) }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return number
  }

  private static func digits(_ number: UInt64, _ count: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}

extension TraceContext: CustomStringConvertible {
  public var description: String { traceparent }
}
