// What the system says of a process: how many descriptors it has open, and how much memory it has.

import Foundation

struct ProcessFigures {
  let identifier: Int32

  var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count) ?? 0 }

  /// Bytes, now and the most that it ever had.
  var memory: Int { status("VmRSS") }
  var mostMemory: Int { status("VmHWM") }

  private func status(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) << 10
  }
}
