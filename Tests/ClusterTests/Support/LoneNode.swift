// A cluster of one node, for what peers do to it; and the security with which an operator of that cluster speaks.

import Testing
import Troupe

@testable import ShopstreamCommand

struct LoneNode: Sendable {
  let name: String
  let data: String
  let node: NodeProcess
  let security: TLSContext

  static func start(_ name: String, _ folder: TemporaryFolder, _ options: [String]) async throws -> LoneNode {
    let data = "\(folder.path)/\(name)"
    let node = try await NodeProcess.start(
      "node-1", in: data, port: try NodeProcess.freePort(), ["--identities", "unsigned"] + options, log: "\(folder.path)/\(name).log")
    try Credentials.prepare([.operator], in: DataDirectory(data), trustDomain: UpPlan.cluster)
    let security = try TLSContext.load(.operator, from: DataDirectory(data), trustDomain: UpPlan.cluster)
    return LoneNode(name: name, data: data, node: node, security: security)
  }

  func stop() async {
    #expect(node.command.isRunning, "\(node.log)")
    #expect(await node.command.stop() == 0, "\(node.log)")
  }
}
