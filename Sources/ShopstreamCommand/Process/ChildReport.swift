// What a node or gateway tells the `up` that started it: one line of JSON on its standard output, when it serves or when it
// knows that it never will. Its standard input is the lifeline: when that ends, whoever started it is gone.

import Foundation

enum ChildReport: Codable, Hashable, Sendable {
  /// Serves on these addresses ("host:port").
  case ready(addresses: [String])
  /// Why it ends: one sentence for the user.
  case failed(sentence: String)

  /// Longer lines are no report of ours.
  static let maximumLength = 16 * 1_024

  init?(line: String) {
    guard line.utf8.count <= Self.maximumLength, let report = try? JSONDecoder().decode(ChildReport.self, from: Data(line.utf8)) else {
      return nil
    }
    self = report
  }

  var line: String { JSONText.line(self) }
}
