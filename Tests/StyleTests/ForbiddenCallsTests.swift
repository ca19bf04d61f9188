// Time, randomness and threads come from the loop below the gateway, so that a cluster can run in a deterministic simulation.
import Foundation
import Testing

@Suite("Forbidden calls")
struct ForbiddenCallsTests {
  struct Rule {
    let call: String
    let instead: String
    /// Folders that are the one place for it.
    var except: [String] = []
  }

  /// A database's own threads wait for a disk; the simulation runs another store and never starts them.
  static let databaseThreads = ["Sources/TroupeSQLite/Work/"]

  static let rules = [
    Rule(call: "Date()", instead: "the context's wallClock"),
    Rule(call: "Task.sleep", instead: "a timer of the loop"),
    Rule(call: "Task.detached", instead: "the entity's executor"),
    Rule(call: "ContinuousClock", instead: "the loop's now", except: databaseThreads),
    Rule(call: "SuspendingClock", instead: "the loop's now"),
    Rule(call: "SystemRandomNumberGenerator", instead: "the loop's random()"),
    Rule(call: ".random(in:", instead: "the loop's random()"),
    Rule(call: "UUID()", instead: "the loop's random()"),
    Rule(call: "usleep(", instead: "a timer of the loop"),
    Rule(call: "Thread.sleep", instead: "a timer of the loop", except: databaseThreads),
    Rule(call: "try!", instead: "an error that is thrown or asserted with a message"),
    Rule(call: "print(", instead: "the log that the caller gives"),
  ]

  /// All that stands below the gateway.
  static var files: [String] {
    let folders = ["CLZ4", "CLibuv", "COpenSSL", "Gateway", "ShopstreamCommand", "shopstream", "TroupeMacros"]
    return Repository.files(in: "Sources", ending: ".swift").filter { path in !folders.contains { path.hasPrefix("Sources/\($0)/") } }
  }

  @Test("no clock, sleep, randomness, print or try! below the gateway", arguments: rules.indices)
  func forbidden(rule index: Int) {
    let rule = Self.rules[index]
    for path in Self.files where !rule.except.contains(where: path.hasPrefix) {
      let lines = Repository.code[path] ?? []
      // A type's own method of the same name is no call to the forbidden one.
      if lines.contains(where: { $0.contains("func \(rule.call)") }) { continue }
      for (number, line) in lines.enumerated() {
        guard let found = line.range(of: rule.call), !line.contains("using:") else { continue }
        // `print(` must not be the end of a longer name.
        let before = found.lowerBound == line.startIndex ? " " : line[line.index(before: found.lowerBound)]
        let isWhole = rule.call.hasPrefix(".") || !(before.isLetter || before.isNumber || before == "_" || before == ".")
        #expect(!isWhole, "\(path):\(number + 1) says \(rule.call); use \(rule.instead)")
      }
    }
  }

  @Test("unchecked Sendable stands in TroupeNet, or says why it is sound")
  func uncheckedSendable() throws {
    for path in Repository.files(in: "Sources", ending: ".swift") where !path.hasPrefix("Sources/TroupeNet/") {
      let text = try Repository.text(path)
      let lines = text.lines
      for (number, line) in (Repository.code[path] ?? []).enumerated()
      where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
        let near = lines[max(0, number - 3)...min(lines.count - 1, number + 2)]
        #expect(
          near.contains { $0.contains("//") } || text.contains("// Sound"),
          "\(path):\(number + 1) is unchecked without a sentence that says why it is sound")
      }
    }
  }
}
