// A second gateway in front of a cluster that `up` runs: with options of its own, to be held against the first.

import Foundation
import Testing

@testable import ShopstreamCommand

struct GatewayByHand: Sendable {
  let shopper: Shopper
  let command: RunningCommand
  private let logPath: String

  /// Returns when it serves.
  static func start(_ name: String, of up: UpProcess, _ folder: TemporaryFolder, _ more: [String]) async throws -> GatewayByHand {
    let port = try NodeProcess.freePort()
    let log = "\(folder.path)/\(name).log"
    let command = try RunningCommand(["gateway", "--port", "\(port)", "--no-admin", "--data", up.data] + more, log: log)
    let gateway = GatewayByHand(shopper: Shopper("http://127.0.0.1:\(port)"), command: command, logPath: log)
    let news = await command.lines.first { $0.contains("serves on") }
    try #require(news != nil, "\(gateway.log)")
    return gateway
  }

  var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  func stop() async { #expect(await command.stop() == 0, "\(log)") }
}
