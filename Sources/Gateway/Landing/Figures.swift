// Numbers and times as people read them.

package enum Figures {
  /// 1234567 as "1,234,567".
  package static func grouped(_ number: some BinaryInteger) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// Below ten with one decimal, above without.
  package static func rate(_ rate: Double) -> String {
    guard rate.isFinite, rate > 0 else { return "0" }
    return rate < 9.95 ? tenths(rate) : grouped(Int(min(rate, 1e15).rounded()))
  }

  private static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// 93784 seconds as "1 d 2 h"; the two largest units that say something.
  package static func time(_ seconds: Int) -> String {
    let parts = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }

  package static func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "0 %" : "\(tenths(100 * Double(part) / Double(whole))) %"
  }

  /// 1234567 as "1.2 MB".
  package static func bytes(_ count: some BinaryInteger) -> String {
    var number = Double(count)
    for unit in ["B", "kB", "MB", "GB", "TB"] {
      if number < 999.5 || unit == "TB" {
        return "\(unit == "B" || number >= 99.5 ? String(Int(number.rounded())) : tenths(number)) \(unit)"
      }
      number /= 1_000
    }
    return ""
  }

  /// A duration in two or three digits: "312 µs", "12 ms", "1.5 s"; above ten seconds as `time`.
  package static func brief(_ duration: Duration) -> String {
    let microseconds = max(0, duration / .microseconds(1))
    if microseconds < 0.5 { return "0 s" }
    if microseconds < 999.5 { return "\(Int(microseconds.rounded())) µs" }
    if microseconds < 999_500 {
      let milliseconds = microseconds / 1_000
      return "\(milliseconds < 9.95 ? tenths(milliseconds) : String(Int(milliseconds.rounded()))) ms"
    }
    let seconds = microseconds / 1_000_000
    return seconds < 9.95 ? "\(tenths(seconds)) s" : time(Int(seconds.rounded()))
  }
}
