// Documents are reachable and their links lead somewhere; decisions are numbered and complete.
import Foundation
import Testing

@Suite("Docs")
struct DocsTests {
  static var documents: [String] {
    ["README.md", "CONTRIBUTING.md"]
      + ["docs", "protocols", "cluster", "bench"].flatMap { Repository.files(in: $0, ending: ".md") }
  }

  @Test("every link leads to a file")
  func links() throws {
    for path in Self.documents {
      for target in try Self.links(path) {
        #expect(Repository.exists(target), "\(path) links to \(target)")
      }
    }
  }

  @Test("no file in docs is unreferenced")
  func references() throws {
    let linked = Set(try Self.documents.flatMap { path in try Self.links(path).filter { $0 != path } })
    for path in Repository.files(in: "docs") {
      #expect(linked.contains(path), "nothing links to \(path)")
    }
  }

  @Test("decisions are numbered without a gap and say context, decision and consequences")
  func decisions() throws {
    let files = Repository.files(in: "docs/adr", ending: ".md").filter { !$0.hasSuffix("README.md") }
    #expect(!files.isEmpty)
    for (number, path) in files.enumerated() {
      let name = path.split(separator: "/").last ?? ""
      #expect(Int(name.prefix(4)) == number, "\(path) should have number \(number)")
      let text = try Repository.text(path)
      for heading in ["## Context", "## Decision", "## Consequences"] {
        #expect(text.contains(heading), "\(path) has no '\(heading)'")
      }
    }
  }

  @Test("the glossary has each word once, in order")
  func glossary() throws {
    let words = try Repository.text("docs/glossary.md").matches(of: #/(?m)^\*\*(?<word>[^*]+)\*\*/#).map { $0.word.lowercased() }
    #expect(words.count > 10)
    #expect(words == words.sorted())
    #expect(Set(words).count == words.count)
  }

  /// Relative links of a document, as paths from the root, without anchors.
  private static func links(_ path: String) throws -> [String] {
    let folder = path.split(separator: "/").dropLast()
    return try Repository.text(path).matches(of: #/(?:\]\(|src=")(?<target>[^)\s"]+)/#).compactMap { match in
      let target = match.target.split(separator: "#", omittingEmptySubsequences: false)[0]
      guard !target.isEmpty, !target.contains("://"), !target.hasPrefix("mailto:") else { return nil }
      var parts = Array(folder)
      for part in target.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
      }
      return parts.joined(separator: "/")
    }
  }
}
