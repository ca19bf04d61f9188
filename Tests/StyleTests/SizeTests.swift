// One concept a file: files and functions that outgrow what a reader can hold are found here.
import Foundation
import Testing

@Suite("Sizes")
struct SizeTests {
  /// Nine of ten files of the projects we learn from are shorter.
  static let fileLimit = 400
  /// 99 of 100 functions are shorter.
  static let functionLimit = 90

  @Test("files are under 400 lines")
  func files() throws {
    for path in Repository.swiftFiles {
      let count = try Repository.text(path).lines.count
      #expect(count <= Self.fileLimit, "\(path) has \(count) lines: is it one concept?")
    }
  }

  @Test("functions are under 90 lines")
  func functions() {
    for path in Repository.swiftFiles {
      for function in Self.functions(in: Repository.code[path] ?? []) {
        #expect(function.lines <= Self.functionLimit, "\(path):\(function.line) is a function of \(function.lines) lines")
      }
    }
  }

  /// Where each function starts and how many lines of code it has (no comments, no text of long strings), by its indentation: its end is the first closing brace that stands
  /// as far left as its beginning. Formatted code has no other shape.
  static func functions(in lines: [String]) -> [(line: Int, lines: Int)] {
    var open: [(line: Int, indent: Int)] = []
    var found: [(line: Int, lines: Int)] = []
    for (number, line) in lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      if let last = open.last, indent == last.indent, line.dropFirst(indent).hasPrefix("}") {
        found.append((last.line + 1, lines[last.line...number].count { !$0.isEmpty }))
        open.removeLast()
      }
      if line.contains("func ") || line.contains("init"), line.contains(#/\b(func \S+|init[?]?)\s*[(<]/#), !line.hasSuffix("}"),
        !line.contains("//")
      {
        if let last = open.last, last.indent == indent { open.removeLast() }  // a requirement of a protocol has no body
        open.append((number, indent))
      }
    }
    return found
  }

  @Test("the measure of a function is right")
  func measure() {
    let text = """
      struct A {
        func one() {
          two()
        }
        init(
          a: Int
        ) {
          b = a
        }
        // A comment.
        func three() { 3 }
        func four() {
          // Another.

          five()
        }
      }
      """
    #expect(Self.functions(in: text.codeLines).map(\.lines) == [3, 5, 3])
  }
}
