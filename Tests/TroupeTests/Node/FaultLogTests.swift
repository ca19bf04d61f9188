// A defect of an entity stands in its node's log; what a caller did wrong does not.
import Synchronization
import Testing
import Troupe
import TroupeTesting

@Suite struct FaultLogTests {
  @Test func aFaultIsLoggedAndACallersMistakeIsNot() async throws {
    let lines = Mutex<[String]>([])
    let log = Log { level, line in if level == .error { lines.withLock { $0.append(line) } } }
    let node = try await Node.start(.init(cluster: "test", id: "n1", shardCount: 16), store: MemoryStore(), log: log) {
      $0.register(Counter.self)
    }
    let counter = node.cluster.entity(Counter.self, "a")
    let add = methodID(kind: "counter", name: "add")
    let mistakes: [@Sendable () async throws -> Void] = [
      { _ = try await counter.add(2_000) },
      { _ = try await node.cluster.call(kind: "counter", id: "a", method: add, isQuery: false, arguments: [0xff]) },
      { _ = try await node.cluster.call(kind: "counter", id: "a", method: 77, isQuery: false, arguments: []) },
    ]
    for mistake in mistakes { await #expect(throws: (any Error).self) { try await mistake() } }
    #expect(lines.withLock { $0 }.isEmpty)
    let error = await #expect(throws: CallError.self) { try await counter.fail() }
    #expect(error?.code == .entityFault)
    let logged = lines.withLock { $0 }
    #expect(logged.count == 1)
    #expect(logged.first?.hasPrefix("counter/a failed: ") == true && logged.first?.contains("Counter.Unforeseen") == true)
    await node.stop()
  }

  @Test(.timeLimit(.minutes(1))) func whatTheStoreComplainsOfIsLoggedOnce() async throws {
    let (lines, said) = AsyncStream.makeStream(of: String.self)
    let log = Log { level, line in if line.hasPrefix("the store") { said.yield("\(level): \(line)") } }
    let store = FaultyStore(MemoryStore()) { _, _ in .done }
    let node = try await Node.start(.init(cluster: "test", id: "n1", shardCount: 16), store: store, log: log) {
      $0.register(Counter.self)
    }
    var heard = lines.makeAsyncIterator()
    store.complain(of: "the disk smells")
    #expect(await heard.next() == "error: the store: the disk smells")
    // Several beats later it has not been said again.
    let beats = store.count(of: .beat)
    while store.count(of: .beat) < beats + 3 { await Task.yield() }
    store.complain(of: nil)
    #expect(await heard.next() == "info: the store is well again")
    await node.stop()
  }
}
