// The version of the data directory's layout. Read before anything is written, so that an older command leaves a newer
// directory exactly as it found it. The store has a version of its own, which the nodes check.

import Foundation

enum DirectoryFormat {
  /// Raised when an older command could misread what this one writes.
  static let current = 1

  /// A directory that is missing or empty may be taken; one with our format may be used again; any other is refused.
  static func check(_ directory: DataDirectory) throws(Refusal) {
    if let text = try? String(contentsOfFile: directory.format, encoding: .utf8) {
      return try check(text: text, in: directory)
    }
    guard !FileManager.default.fileExists(atPath: directory.format) else {
      throw Refusal("The file \(directory.format) cannot be read: nothing was changed.")
    }
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    guard entries.allSatisfy({ $0 == "lock" }) else {
      throw Refusal("\(directory.path) holds files that are not shopstream's: name another directory with --data.")
    }
  }

  static func check(text: String, in directory: DataDirectory) throws(Refusal) {
    guard let format = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), format > 0 else {
      throw Refusal("The file \(directory.format) does not hold a format number: nothing was changed.")
    }
    guard format <= current else {
      throw Refusal(
        "The data in \(directory.path) is from a newer version of shopstream (format \(format), this one knows \(current)): "
          + "nothing was changed; use that version, or another directory with --data.")
    }
  }

  static func write(to directory: DataDirectory) throws(Refusal) {
    guard !FileManager.default.fileExists(atPath: directory.format) else { return }
    try PlainFile.write("\(current)\n", to: directory.format)
  }
}
