// Durations, bytes and probabilities as people write them: 500ms, 1MB, 0.01, and as they are written back.

import ArgumentParser
import TroupeTesting

/// A time that is not negative, "75ms", "2s" or "1m"; "0" needs no unit.
struct DurationWord: Hashable, Sendable, ExpressibleByArgument {
  /// Longer than any experiment; keeps sums of times far from overflow.
  static let longest: Duration = .seconds(86_400)

  let duration: Duration

  init?(argument: String) {
    let units: [(String, Duration)] = [("us", .microseconds(1)), ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60))]
    if argument == "0" {
      duration = .zero
      return
    }
    guard let (suffix, unit) = units.first(where: { argument.hasSuffix($0.0) }),
      let number = Number.parse(argument.dropLast(suffix.count)), number <= Self.longest / unit
    else { return nil }
    duration = unit * number
  }

  static func text(_ duration: Duration) -> String {
    let microseconds = (duration / .microseconds(1)).rounded()
    if microseconds >= 1_000_000 { return Number.text(microseconds / 1_000_000) + "s" }
    return microseconds >= 1_000 ? Number.text(microseconds / 1_000) + "ms" : Number.text(microseconds) + "us"
  }
}

/// A number of bytes, "300", "64KB", "1MB" or "1MiB".
struct BytesWord: Hashable, Sendable, ExpressibleByArgument {
  static let largest = 1_000_000_000_000

  let count: Int

  init?(argument: String) {
    let units: [(String, Int)] = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ]
    guard let (suffix, unit) = units.first(where: { argument.hasSuffix($0.0) }),
      let number = Number.parse(argument.dropLast(suffix.count)), number * Double(unit) <= Double(Self.largest)
    else { return nil }
    let bytes = number * Double(unit)
    guard bytes == bytes.rounded() else { return nil }
    count = Int(bytes)
  }

  static func text(_ count: Int) -> String {
    for (unit, suffix) in [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")] where count >= unit && count.isMultiple(of: unit) {
      return "\(count / unit)\(suffix)"
    }
    return "\(count)B"
  }
}

/// How likely something is: "0.01" or "1%".
struct ProbabilityWord: Hashable, Sendable, ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let number = Number.parse(isPercent ? argument.dropLast() : argument[...]) else { return nil }
    value = isPercent ? number / 100 : number
    guard value <= 1 else { return nil }
  }
}

/// So many bytes, so far apart: "1B/100ms".
struct DripWord: Hashable, Sendable, ExpressibleByArgument {
  let drip: StreamFaults.Drip

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let bytes = BytesWord(argument: String(parts[0])), bytes.count >= 1,
      let every = DurationWord(argument: String(parts[1]))
    else { return nil }
    drip = StreamFaults.Drip(bytes: bytes.count, every: every.duration)
  }

  static func text(_ drip: StreamFaults.Drip) -> String { "\(BytesWord.text(drip.bytes))/\(DurationWord.text(drip.every))" }
}

private enum Number {
  /// Digits with at most one point: no sign, no exponent, no "inf".
  static func parse(_ text: some StringProtocol) -> Double? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
    return Double(String(text))
  }

  static func text(_ number: Double) -> String {
    number == number.rounded() ? "\(Int(number))" : "\(number)"
  }
}
