// A client that does not take an outage for an answer: it calls again, as the same command, until it is answered.
import Troupe

enum Insistence {
  static let limit = Duration.seconds(120)

  /// - Parameter call: a query, or a command under a key.
  static func until<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
    let start = ContinuousClock.now
    while true {
      do {
        return try await call()
      } catch let error as CallError {
        if .now - start > limit { throw error }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  struct NeverSo: Error, CustomStringConvertible {
    var what: String
    var description: String { "within \(limit) it was never so that \(what)" }
  }

  /// Asks until it is so.
  static func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
    let start = ContinuousClock.now
    while try await !until(condition) {
      if .now - start > limit { throw NeverSo(what: what) }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
