// `shopstream proxy`, as a program outside drives it: lines in, JSON out.

import Foundation
import Testing

struct ProxyProcess: Sendable {
  /// One line of `shopstream proxy --json`, as far as tests look at it.
  struct Line: Decodable, Sendable {
    struct Faults: Decodable, Hashable, Sendable {
      var towardsTarget: [String]
      var towardsClient: [String]
      var connections: [String]
    }

    struct Way: Decodable, Sendable {
      var passed: Int
      var flipped: Int
      var resets: Int
    }

    struct Statistics: Decodable, Sendable {
      var connections: Int
      var open: Int
      var towardsTarget: Way
      var towardsClient: Way
    }

    var event: String
    var message: String?
    var listen: String?
    var faults: Faults?
    var statistics: Statistics?
  }

  let address: String
  let command: RunningCommand

  /// Returns when it listens.
  init(to target: String, _ more: [String] = [], log: String) async throws {
    command = try RunningCommand(["proxy", "--json", "--to", target] + more, log: log)
    let first = try Self.parse(await command.lines.first { _ in true })
    address = try #require(first.listen)
  }

  /// Tells it something, and returns what it makes of it.
  @discardableResult
  func tell(_ order: String) async throws -> Line { try Self.parse(await command.answer(to: order)) }

  func statistics() async throws -> Line.Statistics { try #require(try await tell("status").statistics) }

  private static func parse(_ line: String?) throws -> Line {
    try JSONDecoder().decode(Line.self, from: Data(try #require(line, "it has ended").utf8))
  }
}
