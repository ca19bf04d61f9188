// A file opens by saying what it is.
import Foundation
import Testing

@Suite("Headers")
struct HeaderTests {
  /// Longer than this is documentation, and belongs to the declarations or into docs/.
  static let longest = 12

  @Test("every source opens with a comment that says what it is")
  func headers() throws {
    for path in Repository.swiftFiles where path != "Tests/Examples/quickstart/Sources/quickstart/main.swift" {
      var lines = try Repository.text(path).lines
      if lines.first?.hasPrefix("// swift-tools-version") == true { lines.removeFirst() }
      let header = lines.prefix { $0.hasPrefix("//") }
      #expect(!header.isEmpty, "\(path) does not say what it is")
      #expect(header.count <= Self.longest, "\(path) opens with \(header.count) lines of comment")
    }
  }

  @Test("the tree names no machine")
  func noForeignPaths() throws {
    let texts =
      Repository.swiftFiles + Repository.files(in: "docs") + Repository.files(in: "bench", ending: ".py") + ["README.md", "Makefile"]
    for path in texts where !path.hasSuffix("StyleTests/HeaderTests.swift") {
      let text = try Repository.text(path)
      for word in ["/root/", "/home/", "/opt/swift-packages", "/work/"] {
        #expect(!text.contains(word), "\(path) names a path of somebody's machine: \(word)")
      }
    }
  }
}
