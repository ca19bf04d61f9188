// A node with rules of access: what is refused does not run and brings no entity to life; without rules the same call runs.
import Synchronization
import Testing

@testable import Troupe

@Suite struct AccessTests {
  /// What a client `gateway/c1` hears under these rules, how many entities it brought to life, and what the log said.
  private static func visit(_ rules: AccessRules) async throws -> (codes: [CallError.Code?], activations: UInt64, log: [String]) {
    let lines = Mutex<[String]>([])
    let log = Log { level, line in if level >= .warning { lines.withLock { $0.append(line) } } }
    var configuration = NodeConfiguration(cluster: "test", id: "n1", shardCount: 16)
    configuration.access = rules
    let node = try await Node.start(configuration, store: MemoryStore(), log: log) {
      $0.register(Counter.self)
      $0.register(Ledger.self)
    }
    let client = try await Client.connect(
      to: node.addresses.compactMap { SocketAddress($0) }, cluster: "test", name: "c1", tls: nil)
    var codes: [CallError.Code?] = []
    for _ in 0..<2 {
      let error = await error { _ = try await client.cluster.entity(Counter.self, "a").add(1) }
      codes.append(error?.code)
      if let error { #expect(error.executed == .no && error.message.contains("gateway c1 may not call counter.add"), "\(error)") }
    }
    codes.append(await error { try await client.cluster.entity(Ledger.self, "x").delete() }?.code)
    let activations = await node.cluster.onEachStage { $0.counters.activations }.reduce(0, +)
    // Nobody is asked within a node.
    _ = try await node.cluster.entity(Counter.self, "own").add(1)
    codes.append(await error { _ = try await client.cluster.entity(Counter.self, "b").value() }?.code)
    await client.close()
    await node.stop()
    return (codes, activations, lines.withLock { $0 }.filter { $0.contains("may not call") })
  }

  private static func error(_ call: () async throws -> Void) async -> CallError? {
    do {
      try await call()
      return nil
    } catch {
      return error as? CallError
    }
  }

  @Test func whatIsNotAllowedIsRefusedBeforeAnythingIsMade() async throws {
    let visit = try await Self.visit(AccessRules(parsing: "allow node/* * *\nallow gateway/* counter @queries"))
    #expect(visit.codes == [.refused, .refused, .refused, nil])
    #expect(visit.activations == 0)
    #expect(visit.log.count == 2, "each method is named once a link: \(visit.log)")
  }

  @Test func withoutRulesTheSameCallsRun() async throws {
    let visit = try await Self.visit(.everything)
    #expect(visit.codes == [nil, nil, nil, nil])
    #expect(visit.activations == 2)
    #expect(visit.log.isEmpty)
  }

  @Test func aNodeDoesNotStartWithARuleForWhatItHasNot() async throws {
    var configuration = NodeConfiguration(cluster: "test", id: "n1", shardCount: 16)
    configuration.access = try AccessRules(parsing: "allow node/* * *\ndeny gateway/* ledger *")
    let error = await #expect(throws: StartError.self) {
      _ = try await Node.start(configuration, store: MemoryStore()) { $0.register(Counter.self) }
    }
    #expect(error?.description.contains("line 2: this node has no kind \"ledger\"") == true, "\(error?.description ?? "")")
  }
}
