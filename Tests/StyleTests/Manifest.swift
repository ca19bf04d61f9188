// The targets of Package.swift, read from its text: their names, folders and dependencies, in the order in which they stand.
import Foundation

struct Manifest {
  struct Target {
    var name: String
    var isTest: Bool
    var path: String
    /// Own targets and foreign products alike.
    var dependencies: Set<String>
  }

  let targets: [Target]

  init() throws {
    let text = try Repository.text("Package.swift").lines.filter { !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") }
      .joined(separator: "\n")
    let start = #/\.(?<kind>target|executableTarget|macro|systemLibrary|testTarget)\(\s*name: "(?<name>[^"]+)"/#
    let matches = text.matches(of: start)
    targets = matches.enumerated().map { index, match in
      let end = index + 1 < matches.count ? matches[index + 1].range.lowerBound : text.endIndex
      let body = text[match.range.upperBound..<end]
      let isTest = match.kind == "testTarget"
      let path = body.firstMatch(of: #/path: "([^"]+)"/#).map { String($0.1) } ?? "\(isTest ? "Tests" : "Sources")/\(match.name)"
      return Target(name: String(match.name), isTest: isTest, path: path, dependencies: Self.dependencies(String(body)))
    }
  }

  /// The string literals of the list behind `dependencies:`, up to the settings, without the packages that products come from.
  private static func dependencies(_ body: String) -> Set<String> {
    guard let start = body.firstRange(of: "dependencies: [") else { return [] }
    let end = body.firstRange(of: "swiftSettings")?.lowerBound ?? body.endIndex
    guard start.upperBound < end else { return [] }
    let list = body[start.upperBound..<end].replacing(#/package: "[^"]+"/#, with: "")
      .replacing(#/shopProduct\("([^"]+)", "[^"]+"\)/#) { "\"\($0.1)\"" }.replacing(#/path: "[^"]+"/#, with: "")
    return Set(list.matches(of: #/"([^"]+)"/#).map { String($0.1) })
  }

  func target(_ name: String) -> Target? { targets.first { $0.name == name } }

  /// Own targets that `name` may import: its dependencies and theirs.
  func reachable(from name: String) -> Set<String> {
    var found: Set<String> = []
    var waiting = [name]
    while let next = waiting.popLast() {
      for dependency in target(next)?.dependencies ?? [] where target(dependency) != nil && found.insert(dependency).inserted {
        waiting.append(dependency)
      }
    }
    return found
  }
}
