// The time on the clock on the wall, for lines that people read.

import Foundation

enum TimeOfDay {
  static var now: String {
    let parts = Calendar.current.dateComponents([.hour, .minute, .second], from: Date())
    return [parts.hour, parts.minute, parts.second].map { String(($0 ?? 0) + 100).suffix(2) }.joined(separator: ":")
  }
}
