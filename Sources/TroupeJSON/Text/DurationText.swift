// Durations as decimal text, exact to the attosecond: "1.5s", "250ms". A number alone is in seconds.

enum DurationText {
  /// Attoseconds of one unit, and how many digits behind the point still are whole attoseconds.
  private static let units: [(suffix: String, digits: Int)] = [("ms", 15), ("us", 12), ("ns", 9), ("s", 18)]

  static func text(_ duration: Duration) -> String {
    let attoseconds = duration.attoseconds
    var fraction = String(attoseconds.magnitude % second)
    fraction = String(repeating: "0", count: 18 - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    let sign = attoseconds < 0 ? "-" : ""
    return "\(sign)\(attoseconds.magnitude / second)\(fraction.isEmpty ? "" : "." + fraction)s"
  }

  private static let second: UInt128 = 1_000_000_000_000_000_000

  /// Nil for what is no duration, or one beyond 64 bits of seconds.
  static func duration(_ text: String) -> Duration? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
    return duration(decimal: String(text.dropLast(unit.suffix.count)), fractionDigits: unit.digits)
  }

  static func duration(seconds number: JSONNumber) -> Duration? {
    duration(decimal: number.text, fractionDigits: 18)
  }

  private static func duration(decimal: String, fractionDigits: Int) -> Duration? {
    let isNegative = decimal.hasPrefix("-")
    let parts = decimal.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.joined()
    let fraction = parts.count == 2 ? parts[1].count : 0
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else { return nil }
    guard fraction <= fractionDigits else { return nil }
    guard let whole = Int128(digits + String(repeating: "0", count: fractionDigits - fraction)) else { return nil }
    guard whole / Int128(second) <= Int128(Int64.max) else { return nil }
    return Duration(attoseconds: isNegative ? -whole : whole)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
