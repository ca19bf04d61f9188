// Where a child process writes what it has to say: appended to, and put aside once it has grown, so that a cluster that
// runs for weeks does not fill the disk.

import ChildPrograms
import Foundation

enum LogFile {
  /// Checked at each start of a process. One older file is kept, so a process leaves at most what it writes in one life and
  /// this much twice.
  static let putAsideFrom = 16 * 1_024 * 1_024

  static func open(_ path: String) throws(Refusal) -> Descriptor {
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    if size >= putAsideFrom { rename(path, path + ".old") }
    guard let file = Descriptor.appending(to: path) else { throw Refusal("The log \(path) cannot be opened (\(SystemError.last)).") }
    return file
  }

  /// The last lines, for the sentence about a process that died without one.
  static func tail(_ path: String, lines: Int) -> [String] {
    guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else { return [] }
    let window: UInt64 = 8 * 1_024
    try? file.seek(toOffset: end > window ? end - window : 0)
    let bytes = (try? file.readToEnd()) ?? Data()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(lines).map(String.init)
  }
}
