// Who tries again, how often, and who must not: the budget, and the first hop.
import Testing
import Troupe
import TroupeTesting

@Suite struct RetrySimulationTests {
  /// A hundred callers of reads that take 60 ms, over connections that break every 50 ms.
  private static func storm(_ seed: UInt64, _ change: (inout CallPolicy) -> Void) throws -> (retries: UInt64, [CallError?]) {
    let scene = try CallScene(seed: seed) {
      $0.breakers = nil
      change(&$0)
    }
    let (network, world) = (scene.network, scene.cluster.world)
    network.latency = .init(shortest: .milliseconds(25), longest: .milliseconds(35))
    for step in 0..<80 { world.schedule(after: .milliseconds(step * 50)) { network.reset("client", "n1.1") } }
    let before = try scene.report().counts.retries
    let errors = try scene.cluster.run { shop in
      await withTaskGroup(of: CallError?.self) { group in
        for number in 0..<100 {
          group.addTask {
            await CallScene.ending { _ = try await shop.entity(Ledger.self, "l\(number)").within(.seconds(3)).balance() }.error
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    return (try scene.report().counts.retries - before, errors)
  }

  @Test(arguments: 1...4) func theBudgetEndsARetryStorm(seed: UInt64) throws {
    let (retries, errors) = try Self.storm(seed) { $0.retryBudget = .init(percent: 20, perSecond: 2) }
    let (storm, patient) = try Self.storm(seed) { $0.retryBudget = nil }
    #expect(retries * 3 < storm, "\(retries) retries with a budget, \(storm) without")
    let stopped = errors.compactMap { $0 }.filter { $0.notRetried == .budget }
    #expect(stopped.count >= 50)
    for error in stopped {
      #expect(error.code == .unknownOutcome && error.executed == .maybe && error.mayRetry)
      #expect(error.message.contains("the retry budget for ledger is spent"))
    }
    #expect(!patient.contains { $0?.notRetried == .budget })
  }

  @Test func aRefusalOfTheBudgetIsSeenFromOutside() throws {
    let scene = try CallScene { $0.retryBudget = .init(percent: 0, perSecond: 0) }
    scene.network.latency = .init(shortest: .milliseconds(25), longest: .milliseconds(35))
    let network = scene.network
    scene.cluster.world.schedule(after: .milliseconds(20)) { network.reset("client", "n1.1") }
    let ending = try scene.readings(1, within: .seconds(3))[0]
    #expect(ending.error?.notRetried == .budget)
    let report = try scene.report()
    #expect(report.counts.budgetRefusals == 1)
    #expect(report.budgets.map(\.kind) == ["ledger"] && report.budgets.map(\.refused) == [1] && report.budgets.map(\.left) == [0])
  }

  /// A shard that moves bounces every call on it: that is no retry that anybody must save on.
  @Test(arguments: 1...4) func aMoveCostsNoBudget(seed: UInt64) throws {
    let scene = try CallScene(nodes: 2, seed: seed)
    try scene.cluster.run { (shop: Cluster) async throws -> Void in
      try await shop.drain("n2")
      var nodes = 2
      while nodes == 2 {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<400 { group.addTask { _ = try await shop.entity(Ledger.self, "l\(number)").book(1) } }
          try await group.waitForAll()
        }
        nodes = try await shop.status().nodes.count { $0.shards > 0 }
      }
    }
    let report = try scene.report()
    #expect(report.counts.budgetRefusals == 0)
    #expect(report.counts.retries > report.budgets.reduce(0) { $0 + $1.taken })
  }

  /// The connection between two nodes breaks under a turn that waits for another entity: the turn does not try again, its caller does.
  @Test(arguments: 1...4) func onlyTheFirstHopTriesAgain(seed: UInt64) throws {
    let scene = try CallScene(nodes: 2, seed: seed)
    let (here, there) = (try scene.counter(on: "n1"), try scene.counter(on: "n2"))
    // Once through, so that the link between the two is there.
    #expect(try scene.cluster.run { try await $0.entity(Counter.self, here).echoThrough([there], sizes: [1]) } == [])
    let (before, inner) = (try scene.report().counts.retries, try scene.report(of: "n1").counts.retries)
    let network = scene.network
    network.latency = .init(shortest: .milliseconds(25), longest: .milliseconds(35))
    scene.cluster.world.schedule(after: .milliseconds(70)) { network.reset("n1.1", "n2.2") }
    #expect(try scene.cluster.run { try await $0.entity(Counter.self, here).echoThrough([there], sizes: [1]) } == [])
    #expect(try scene.report().counts.retries == before + 1)
    #expect(try scene.report(of: "n1").counts.retries == inner)
  }

  /// The same under a command, which nobody may run again: its caller hears that nobody knows.
  @Test func aCommandThatLostItsCalleeIsUnknown() throws {
    let scene = try CallScene(nodes: 2)
    let (here, there) = (try scene.counter(on: "n1"), try scene.counter(on: "n2"))
    #expect(try scene.cluster.run { try await $0.entity(Counter.self, here).addThrough([there]) } == 1)
    let network = scene.network
    network.latency = .init(shortest: .milliseconds(25), longest: .milliseconds(35))
    scene.cluster.world.schedule(after: .milliseconds(70)) { network.reset("n1.1", "n2.2") }
    let ending = try scene.cluster.run { shop in
      await CallScene.ending { _ = try await shop.entity(Counter.self, here).addThrough([there]) }
    }
    #expect(ending.error?.code == .unknownOutcome && ending.error?.executed == .maybe && ending.error?.notRetried == .notRepeatable)
  }

  /// The entity remembers for 60 s what it did. A caller with more time than that does not send the command again once it may be forgotten.
  @Test func aCommandThatMayBeForgottenIsNotSentAgain() throws {
    let scene = try CallScene { $0.breakers = nil }
    let (network, world) = (scene.network, scene.cluster.world)
    network.latency = .init(shortest: .milliseconds(25), longest: .milliseconds(35))
    world.schedule(after: .milliseconds(40)) {
      network.reset("client", "n1.1")
      network.cut("client", "n1.1")
    }
    world.schedule(after: .seconds(75)) { network.heal("client", "n1.1") }
    let ending = try scene.cluster.run { shop in
      await CallScene.ending { _ = try await shop.entity(Ledger.self, "l1").within(.seconds(200)).book(1) }
    }
    #expect(ending.error?.executed == .maybe)
    #expect(ending.took < .seconds(60))
    scene.cluster.advance(by: .seconds(30))
    #expect(try scene.cluster.run { try await $0.entity(Ledger.self, "l1").balance() } == 1)
  }
}
