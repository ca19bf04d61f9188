// A node that everybody else reaches through a fault proxy, beside those of `shopstream up`.

import Foundation
import Testing

@testable import ShopstreamCommand

struct ProxiedNode: Sendable {
  let proxy: ProxyProcess
  let command: RunningCommand

  /// Returns when it serves.
  init(_ name: String, of up: UpProcess, _ folder: TemporaryFolder) async throws {
    let port = try PortCheck.freeRuns(of: [1], host: UpPlan.host)[0]
    try Credentials.prepare([.node(name)], in: DataDirectory(up.data), trustDomain: UpPlan.cluster)
    proxy = try await ProxyProcess(to: "\(UpPlan.host):\(port)", log: folder.path + "/proxy.log")
    command = try RunningCommand(
      ["node", "--id", name, "--data", up.data, "--port", "\(port)", "--advertise", proxy.address], log: folder.path + "/node.log")
    let news = await command.lines.first { $0.contains("serves on") }
    try #require(news != nil, "\((try? String(contentsOfFile: folder.path + "/node.log", encoding: .utf8)) ?? "")")
  }
}
