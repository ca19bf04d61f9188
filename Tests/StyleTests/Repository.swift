// The repository as the style tests see it: its files, and Swift text without comments and strings.
import Foundation

enum Repository {
  /// This file is Tests/StyleTests/Repository.swift.
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Paths below `folder`, relative to the root, sorted, without what is built.
  static func files(in folder: String, ending suffix: String = "") -> [String] {
    let base = root.appending(path: folder).path
    let found = FileManager.default.enumerator(atPath: base)
    let paths = found?.compactMap { $0 as? String } ?? []
    return paths.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
      .filter { $0.hasSuffix(suffix) && !$0.contains(".build") && !$0.contains(".work/") && !isFolder($0) }.sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// What the compiler runs of each Swift file, read once.
  static let code: [String: [String]] = Dictionary(
    uniqueKeysWithValues: swiftFiles.map { path in (path, (try? text(path))?.codeLines ?? []) })

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  static func folders(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { isFolder("\(folder)/\($0)") && !$0.hasPrefix(".") }.sorted()
  }

  /// Swift sources of the product, the tests and the benches.
  static var swiftFiles: [String] {
    ["Sources", "Tests", "bench"].flatMap { files(in: $0, ending: ".swift") }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

extension String {
  var lines: [Substring] { split(separator: "\n", omittingEmptySubsequences: false) }

  /// Line by line, without `//` comments and with string literals emptied: what the compiler runs. Blank lines are "".
  var codeLines: [String] {
    var isInString = false
    return lines.map { line in
      let hasMark = line.utf8.contains(UInt8(ascii: "\""))
      let marks = hasMark ? line.ranges(of: "\"\"\"").count : 0
      defer { if marks % 2 == 1 { isInString.toggle() } }
      if isInString { return marks > 0 ? String(line.drop { $0 == " " || $0 == "\"" }) : "" }
      return Self.code(of: line.utf8)
    }
  }

  private static func code(of line: Substring.UTF8View) -> String {
    var kept: [UInt8] = []
    var isInString = false
    var isEscaped = false
    for byte in line {
      if isInString {
        if byte == UInt8(ascii: "\""), !isEscaped {
          isInString = false
          kept.append(byte)
        }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      } else {
        if byte == UInt8(ascii: "/"), kept.last == byte {
          kept.removeLast()
          break
        }
        isInString = byte == UInt8(ascii: "\"")
        kept.append(byte)
      }
    }
    while kept.last == UInt8(ascii: " ") { kept.removeLast() }
    return String(decoding: kept, as: UTF8.self)
  }
}
