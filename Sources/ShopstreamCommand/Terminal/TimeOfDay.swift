// The time on the clock on the wall, for lines that people read.

import Foundation

enum TimeOfDay {
  static var now: String { text(Date()) }

  /// Of milliseconds since 1970.
  static func at(_ milliseconds: Int64) -> String { text(Date(timeIntervalSince1970: Double(milliseconds) / 1_000)) }

  private static func text(_ date: Date) -> String {
    let parts = Calendar.current.dateComponents([.hour, .minute, .second], from: date)
    return [parts.hour, parts.minute, parts.second].map { String(($0 ?? 0) + 100).suffix(2) }.joined(separator: ":")
  }
}
