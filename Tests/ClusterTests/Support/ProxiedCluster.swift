// A cluster of two nodes one of which, node-2, everybody else reaches through a fault proxy.

import Foundation
import Testing

struct ProxiedCluster: Sendable {
  static let node = "node-2"

  let up: UpProcess
  let proxy: ProxyProcess
  let node: NodeProcess
  let shopper: Shopper
  let watcher: Operator
  /// Carts of the node behind the proxy, and of the other one.
  let distant: [String]
  let near: [String]

  static func start(_ folder: TemporaryFolder, _ options: [String] = []) async throws -> ProxiedCluster {
    let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
    let port = try NodeProcess.freePort()
    let proxy = try await ProxyProcess(to: "127.0.0.1:\(port)", log: folder.path + "/proxy.log")
    let node = try await NodeProcess.start(
      Self.node, of: up, port: port, ["--advertise", proxy.address] + options, log: folder.path + "/node.log")
    let watcher = try await Operator(up)
    let names = (0..<100).map { "cart-\($0)" }
    let hasShare = try await eventually(within: .seconds(60)) { try await watcher.carts(names, of: Self.node).count >= 40 }
    try #require(hasShare, "\(Self.node) is given its share: \(node.log)")
    return ProxiedCluster(
      up: up, proxy: proxy, node: node, shopper: Shopper(up.gateway), watcher: watcher,
      distant: try await watcher.carts(names, of: Self.node), near: try await watcher.carts(names, of: "node-1"))
  }

  /// What its processes are, seen from the system.
  var figures: ProcessFigures { ProcessFigures(identifier: node.command.identifier) }

  /// Nobody died or was buried, and all stop in peace.
  func stop() async {
    await watcher.close()
    #expect(node.command.isRunning, "\(node.log)")
    #expect(!up.log(of: "node-1").contains("burying"), "nobody buried a node that beats")
    #expect(await up.events.all.allSatisfy { $0.event != "died" })
    #expect(await node.command.stop() == 0)
    #expect(await proxy.command.stop() == 0)
    #expect(await up.stop() == 0)
  }
}
