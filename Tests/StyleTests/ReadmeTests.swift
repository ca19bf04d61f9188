// What the README says can be typed: commands exist, links lead somewhere, its code is the code that is built and run.
import Foundation
import Testing

@Suite("README")
struct ReadmeTests {
  static let limit = 120
  static let quickstart = "Tests/Examples/quickstart/Sources/quickstart/main.swift"

  let text: String

  init() throws { text = try Repository.text("README.md") }

  @Test("it is under 120 lines")
  func length() {
    #expect(text.lines.count < Self.limit, "\(text.lines.count) lines")
  }

  @Test("its first Swift block is the quickstart package's source")
  func quickstart() throws {
    let block = try #require(text.firstMatch(of: #/```swift\n(?<code>[\s\S]*?)```/#), "no Swift block")
    #expect(String(block.code) == (try Repository.text(Self.quickstart)))
  }

  @Test("every make target exists", arguments: ["README.md", "CONTRIBUTING.md"])
  func makeTargets(path: String) throws {
    let targets = Set(try Repository.text("Makefile").matches(of: #/(?m)^([a-z-]+):/#).map { String($0.1) })
    for use in try Repository.text(path).matches(of: #/\bmake (?<target>[a-z-]+)/#) where !Self.isProse(String(use.target)) {
      #expect(targets.contains(String(use.target)), "\(path) says `make \(use.target)`")
    }
  }

  @Test("every subcommand exists", arguments: DocsTests.documents)
  func subcommands(path: String) throws {
    let sources = try Repository.files(in: "Sources/ShopstreamCommand", ending: ".swift").map { try Repository.text($0) }.joined()
    let names = Set(sources.matches(of: #/commandName: "([a-z]+)"/#).map { String($0.1) })
    for use in try Repository.text(path).matches(of: #/\bshopstream (?<name>[a-z]+)/#) {
      #expect(names.contains(String(use.name)), "\(path) says `shopstream \(use.name)`")
    }
  }

  @Test("every folder of tests that proves something exists")
  func proofs() {
    let folders = text.matches(of: #/\bTests(\/[A-Za-z]+)+(\.swift)?/#).map { String($0.0) }
    #expect(folders.count > 10)
    for folder in folders { #expect(Repository.exists(folder), "the README names \(folder)") }
  }

  @Test("every figure names a bench that exists")
  func benches() {
    for use in text.matches(of: #/NAME=(?<name>[a-z]+)/#) {
      #expect(Repository.exists("bench/benches/\(use.name).py"), "no bench is called \(use.name)")
    }
  }

  /// Words that follow "make" in English.
  private static func isProse(_ word: String) -> Bool { ["a", "it", "the", "them", "sure", "for", "of", "and"].contains(word) }
}
