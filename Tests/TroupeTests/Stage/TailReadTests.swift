// A node that takes a thousand shards over answers whoever calls before it has read them all, and only from a tail that is whole.
import Testing
import Troupe
import TroupeTesting

@Suite struct TailReadTests {
  /// One node with 64 shards, of which a hundred ledgers have records; then the node has died.
  private static func inherited(by store: FaultyStore) throws -> SimulatedCluster {
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 64, store: store) { $0.register(Ledger.self) }
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 1...100 { _ = try await shop.entity(Ledger.self, "l\(number)").book(number) }
    }
    cluster.crash("n1")
    return cluster
  }

  @Test func aCalledShardDoesNotWaitForThoseThatNobodyCalls() throws {
    let store = FaultyStore(MemoryStore()) { _, _ in .done }
    let cluster = try Self.inherited(by: store)
    store.judge { operation, _ in operation == .tail ? .held : .done }
    // Ready without a single tail.
    try cluster.start("n1")
    try cluster.connectAnew()
    let balance = Answer()
    cluster.runBeside { shop in balance.value = try? await shop.entity(Ledger.self, "l77").balance() }
    cluster.advance(by: .milliseconds(100))
    let before = store.count(of: .tail)
    #expect(before == 2, "two tails are being read, and the call waits")
    while balance.value == nil, store.letGo() { cluster.advance(by: .milliseconds(10)) }
    #expect(balance.value == 77)
    #expect(store.count(of: .tail) <= before + 3, "its shard was the next")
    while store.letGo() { cluster.advance(by: .milliseconds(10)) }
    #expect(store.count(of: .tail) == 64, "and in the end all are read, each once")
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 1...100 { #expect(try await shop.entity(Ledger.self, "l\(number)").balance() == number) }
    }
  }

  /// Between its fence and its tail another node, whose view is older, has raised the fence and written.
  @Test func aTailThatGrewIsNotServed() async throws {
    let memory = MemoryStore()
    let store = FaultyStore(memory) { _, _ in .done }
    let cluster = try Self.inherited(by: store)
    store.judge { operation, _ in operation == .tail ? .held : .done }
    try cluster.start("n1")
    var grown: [ShardID: Int] = [:]
    for shard in (0..<64).map({ ShardID($0) }) {
      let head = try #require(try await memory.readHead(shard))
      grown[shard] = head.floor.distance(to: head.end)
    }
    let (busiest, length) = try #require(grown.max { ($0.value, $0.key.value) < ($1.value, $1.key.value) })
    let last = try #require(try await memory.readTail(busiest, from: Offset(0)).last)
    let stranger = WriterID(4_711)
    let head = try await memory.raiseFence(busiest, writer: stranger)
    let again = AppendBatch(
      shard: busiest, fence: head.fence, writer: stranger, batch: 1, from: head.end,
      records: [Record(kind: last.kind, entity: last.entity, turn: last.turn)])
    #expect(try await memory.append([again]) == [.appended(head.end.advanced(by: 1))])
    let raised = store.count(of: .raiseFence)
    store.judge { _, _ in .done }
    while store.letGo() { cluster.advance(by: .milliseconds(10)) }
    cluster.advance(by: .seconds(5))
    try cluster.connectAnew()
    #expect(raised >= 64)
    #expect(store.count(of: .raiseFence) >= 1, "the fence of that shard was raised anew")
    #expect(try await memory.readHead(busiest)?.end == Offset(UInt64(length + 1)))
    let entity = last.entity
    let expected = 2 * (Int(entity.dropFirst()) ?? 0)
    let balance = try cluster.run { try await $0.entity(Ledger.self, entity).balance() }
    #expect(balance == expected, "the stranger's record counts: it is in the log")
  }

  /// What a client beside the test has heard.
  private final class Answer: @unchecked Sendable {
    // Sound because a simulation has one thread.
    var value: Int?
  }
}
