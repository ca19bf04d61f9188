// Which processes `up` starts, on which ports.

import Testing

@testable import ShopstreamCommand

struct UpPlanTests {
  func plan(port: Int = 3000, adminPort: Int = 3100, nodePorts: [Int] = [3200, 3202], loops: Int = 2) -> UpPlan {
    UpPlan(directory: DataDirectory("/d"), nodes: nodePorts.count, loops: loops, port: port, adminPort: adminPort, nodePorts: nodePorts)
  }

  @Test func `every loop of every node and both listeners need a port`() {
    #expect(plan().ports.map(\.port) == [3000, 3100, 3200, 3201, 3202, 3203])
  }

  @Test func `the same port twice is refused with who wants it`() {
    let refusal = #expect(throws: Refusal.self) { try plan(adminPort: 3201).checkPorts() }
    #expect(refusal?.sentence.contains("cannot share port 3201") == true)
  }

  @Test func `ports end at 65535`() {
    #expect(throws: Refusal.self) { try plan(nodePorts: [65_534, 65_536]).checkPorts() }
  }

  @Test func `a node's command line can be parsed by the command it names`() throws {
    let command = plan().command(for: "node-2", executable: "/bin/shopstream")
    #expect(command.log == "/d/logs/node-2.log")
    let parsed = try ShopstreamCommand.parseAsRoot(command.arguments)
    let node = try #require(parsed as? NodeCommand)
    #expect((node.id, node.port, node.loops, node.process.supervised) == ("node-2", 3202, 2, true))
  }

  @Test func `so can the gateway's, which is told of every node`() throws {
    let parsed = try ShopstreamCommand.parseAsRoot(plan().command(for: "gateway", executable: "x").arguments)
    let gateway = try #require(parsed as? GatewayCommand)
    #expect(gateway.node == ["127.0.0.1:3200", "127.0.0.1:3202"])
    #expect(gateway.entityDoor && gateway.port == 3000 && gateway.adminPort == 3100)
  }

  @Test func `zone, compression and trace files reach every process`() throws {
    var plan = plan()
    (plan.zone, plan.compress) = ("a", .on)
    plan.balance = .off
    plan.traces = UpPlan.Traces(directory: "/t", ratio: 0.25)
    let node = try #require(try ShopstreamCommand.parseAsRoot(plan.command(for: "node-1", executable: "x").arguments) as? NodeCommand)
    let gateway = try #require(
      try ShopstreamCommand.parseAsRoot(plan.command(for: "gateway", executable: "x").arguments) as? GatewayCommand)
    #expect(node.balance == .off && self.plan().balance == .on)
    #expect((node.process.zone, node.process.linkOptions.compress, node.process.traceLog) == ("a", .on, "/t/node-1.jsonl"))
    #expect((gateway.process.zone, gateway.process.linkOptions.compress, gateway.process.traceLog) == ("a", .on, "/t/gateway.jsonl"))
    #expect(gateway.traceRatio == 0.25)
  }

  @Test func `numbers out of range are refused on the command line`() {
    for bad in [
      ["--nodes", "0"], ["--nodes", "17"], ["--port", "70000"], ["--loops", "0"], ["--admin-port", "-1"], ["--trace-ratio", "2"],
      ["--compress", "maybe"],
    ] {
      #expect(throws: (any Error).self, "\(bad)") { try ShopstreamCommand.parseAsRoot(["up"] + bad) }
    }
  }
}
