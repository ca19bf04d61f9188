// The file of a trace log, and its bound: when it is full it is put aside as FILE.old, over the one that was put aside before.

import ChildPrograms
import Foundation

struct TraceFile: ~Copyable {
  /// 64 MiB, some 80,000 spans; with the one put aside twice as much at the most.
  static let usualLimit = 64 << 20

  private let path: String
  private let limit: Int
  private var file: Descriptor
  private var size: Int
  private var isCut = false

  /// Goes on where the file ends, if there is one.
  init(_ path: String, limit: Int = usualLimit) throws(Refusal) {
    self.path = path
    self.limit = limit
    guard let file = Descriptor.appending(to: path) else {
      throw Refusal("The trace log \(path) cannot be opened (\(SystemError.last)).")
    }
    self.file = file
    size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// Whole lines. After a write that ended in the midst of one, the next begins on a line of its own.
  mutating func append(_ lines: String) throws(Refusal) {
    if size > 0, size + lines.utf8.count > limit { try putAside() }
    let text = isCut ? "\n" + lines : lines
    isCut = true
    guard file.write(text) else { throw Refusal("The trace log \(path) cannot be written (\(SystemError.last)).") }
    isCut = false
    size += text.utf8.count
  }

  private mutating func putAside() throws(Refusal) {
    guard rename(path, path + ".old") == 0, let fresh = Descriptor.appending(to: path) else {
      throw Refusal("The trace log \(path) cannot be put aside (\(SystemError.last)).")
    }
    file.close()
    file = fresh
    size = 0
  }
}
