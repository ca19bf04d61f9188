// What the system says of a process: how many descriptors it has open, how much memory it has, and how long it ran.

import Foundation

struct ProcessFigures {
  let identifier: Int32

  var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count) ?? 0 }

  /// Bytes, now and the most that it ever had.
  var memory: Int { status("VmRSS") }
  var mostMemory: Int { status("VmHWM") }
  /// Bytes that it may write to and that are nobody else's, used or not.
  var data: Int { status("VmData") }

  /// Time on a core since it began, its own and the system's for it. The kernel counts in hundredths of a second.
  var processorTime: Duration {
    let text = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
    // Behind the name, which may hold anything: state is the third field, times the 14th and 15th.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else { return .zero }
    return .milliseconds((user + system) * 10)
  }

  private func status(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) << 10
  }
}
