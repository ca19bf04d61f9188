// What chaos reads of processes and of the cluster, without either.

import Foundation
import Testing

@testable import ShopstreamCommand

struct ChaosClusterTests {
  @Test func `a process's parent is read behind whatever its name holds`() {
    #expect(NodeProcesses.parent(stat: "17 (shopstream) S 12 17 12 0") == 12)
    #expect(NodeProcesses.parent(stat: "17 (a) b) c) R 12 17 12 0") == 12)
    #expect(NodeProcesses.parent(stat: "17 (shopstream) Z 12 17 12 0") == nil, "it has ended")
    #expect(NodeProcesses.parent(stat: "17 shopstream") == nil)
    #expect(NodeProcesses.parent(stat: "17 (x)") == nil)
  }

  @Test func `only nodes are nodes`() {
    #expect(NodeProcesses.node(commandLine: "/bin/shopstream\0node\0--id\0node-1\0--port\03200\0") == "node-1")
    #expect(NodeProcesses.node(commandLine: "/bin/shopstream\0gateway\0--node\0node-1\0") == nil)
    #expect(NodeProcesses.node(commandLine: "/bin/shopstream\0node\0--id") == nil)
    #expect(NodeProcesses.node(commandLine: "") == nil)
  }

  private func summary(_ nodes: [(String, String, Int)]) -> ClusterSummary {
    ClusterSummary(
      cluster: "c", epoch: 1, shards: 16, unowned: 16 - nodes.map(\.2).reduce(0, +),
      nodes: nodes.map {
        .init(
          id: $0.0, address: "", state: $0.1, version: "1", shards: $0.2, entities: 0, calls: 0, durable: 0, uptimeSeconds: 1,
          leaseValid: $0.1 != "silent")
      })
  }

  @Test func `what changes in a cluster is told once`() {
    var events = ClusterEvents()
    #expect(events.read(summary([("a", "active", 8), ("b", "active", 8)])) == [])
    #expect(events.read(summary([("a", "active", 8), ("b", "silent", 8)])) == ["b is silent"])
    #expect(events.read(summary([("a", "active", 8), ("b", "silent", 8)])) == [])
    #expect(events.read(summary([("a", "active", 16)])) == ["b has left the view"])
    #expect(events.read(summary([("a", "active", 16), ("b", "active", 0)])) == ["b has joined"])
    #expect(events.read(summary([("a", "active", 9), ("b", "active", 7)])) == ["b owns shards"])
  }

  @Test func `every scenario has a name of its own, a sentence, and nodes enough to lose some`() {
    #expect(Set(ChaosScenario.all.map(\.name)).count == ChaosScenario.all.count)
    for scenario in ChaosScenario.all { #expect(!scenario.summary.isEmpty && scenario.nodes >= 3 && scenario.rounds > 0) }
  }

  @Test func `networks are read where there are some, and only there`() throws {
    let folder = try TemporaryFolder()
    let directory = DataDirectory(folder.path)
    #expect(try ChaosNetwork.read(from: directory, of: 7) == nil)
    let text = """
      {"supervisor": 7, "bridge": "b", "clients": "10.0.0.1",
       "hosts": {"node-1": {"namespace": "n", "link": "l", "address": "10.0.0.11"}}}
      """
    try text.write(toFile: directory.path + "/network.json", atomically: true, encoding: .utf8)
    let network = try #require(try ChaosNetwork.read(from: directory, of: 7))
    #expect(try ChaosNetwork.read(from: directory, of: 8) == nil, "what another has left behind")
    #expect(try network.host("node-1").address == "10.0.0.11")
    #expect(throws: Refusal("node-2 has no network of its own.")) { try network.host("node-2") }
    try "{".write(toFile: directory.path + "/network.json", atomically: true, encoding: .utf8)
    #expect(throws: Refusal.self) { try ChaosNetwork.read(from: directory, of: 7) }
  }
}
