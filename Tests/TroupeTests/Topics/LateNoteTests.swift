// A group's first note may be stored long after the group has gone on: the log must still have what it says then. Found by the killer on
// real processes, where it cut all groups of a shard off.
import Testing
import Troupe
import TroupeTesting

@Suite struct LateNoteTests {
  private static func cluster(_ store: FaultyStore, _ sink: Sink) throws -> SimulatedCluster {
    var snapshots = SnapshotPolicy()
    snapshots.records = 4
    return try SimulatedCluster(shardCount: 1, store: store, snapshots: snapshots) {
      $0.register(Ledger.self)
      $0.subscribe("all", into: sink)
    }
  }

  /// The next note takes effect when the test says so, and none after it has any.
  private static func delayNotes(of store: FaultyStore) {
    store.judge { operation, number in
      guard operation == .consumers else { return .done }
      return number == 0 ? .late : .refused(.unavailable("no notes are taken at the moment"))
    }
  }

  /// The late note arrives, the node ends, and its heir takes what is recorded then.
  private static func inherit(_ cluster: SimulatedCluster, _ store: FaultyStore) throws {
    try cluster.run { _ in await store.applyLate() }
    cluster.crash("n1")
    store.judge { _, _ in .done }
    try cluster.start("n1")
    try cluster.connectAnew()
    try TopicTests.book(cluster, ["l0"], 100...100)
    cluster.advance(by: .seconds(60))
  }

  @Test func aNewGroupIsNotCutOffByIt() throws {
    let store = FaultyStore(MemoryStore()) { _, _ in .done }
    Self.delayNotes(of: store)
    let sink = Sink()
    let cluster = try Self.cluster(store, sink)
    try TopicTests.book(cluster, ["l0"], 1...20)
    cluster.advance(by: .seconds(2))
    #expect(store.count(of: .snapshots) > 0, "or the log would have everything in any case")
    try Self.inherit(cluster, store)
    #expect(sink.once == ((1...20) + [100]).map { "l0 +\($0)" })
  }

  @Test func norIsOneThatBeganAnew() throws {
    let store = FaultyStore(MemoryStore()) { _, _ in .done }
    let sink = Sink()
    let cluster = try Self.cluster(store, sink)
    try TopicTests.book(cluster, ["l0"], 1...3)
    cluster.advance(by: .seconds(2))
    Self.delayNotes(of: store)
    #expect(try cluster.run { try await $0.restartConsumers("all") } == 1)
    try TopicTests.book(cluster, ["l0"], 4...20)
    cluster.advance(by: .seconds(2))
    #expect(store.count(of: .snapshots) > 0)
    try Self.inherit(cluster, store)
    #expect(sink.once == ((1...20) + [100]).map { "l0 +\($0)" })
  }
}
