// A node by hand, as one more member of a cluster that `up` runs: with options of its own, behind a proxy for instance.

import Foundation
import Testing

@testable import ShopstreamCommand

struct NodeProcess: Sendable {
  let id: String
  /// Where it listens.
  let address: String
  let command: RunningCommand
  private let logPath: String

  struct DidNotServe: Error {
    var log: String
  }

  static func freePort() throws -> Int { try PortCheck.freeRuns(of: [1], host: UpPlan.host)[0] }

  /// Returns when it serves, which is before it owns anything.
  static func start(_ id: String, of up: UpProcess, port: Int, _ more: [String] = [], log: String) async throws -> NodeProcess {
    try await start(id, in: up.data, port: port, more, log: log)
  }

  /// The same in any directory: it may be the first one there.
  static func start(_ id: String, in data: String, port: Int, _ more: [String] = [], log: String) async throws -> NodeProcess {
    let node = try NodeProcess(id, data: data, port: port, more, log: log)
    let news = await node.command.lines.first { $0.contains("serves on") }
    guard news != nil else { throw DidNotServe(log: node.log) }
    return node
  }

  private init(_ id: String, data: String, port: Int, _ more: [String], log: String) throws {
    self.id = id
    address = "\(UpPlan.host):\(port)"
    logPath = log
    try Credentials.prepare([.node(id)], in: DataDirectory(data), trustDomain: UpPlan.cluster)
    command = try RunningCommand(["node", "--id", id, "--data", data, "--port", "\(port)"] + more, log: log)
  }

  var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
}
