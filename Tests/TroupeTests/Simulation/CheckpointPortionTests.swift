// Checkpoints that a store does not take in one go, or does not take at all: others' go on, and what is half stored is no harm.
import Synchronization
import Testing
import Troupe
import TroupeTesting

@Suite struct CheckpointPortionTests {
  private static func tail(_ shard: Int, _ store: ParticularStore, _ cluster: SimulatedCluster) throws -> Int {
    try cluster.run { _ in
      guard let head = try await store.readHead(ShardID(shard)) else { return 0 }
      return head.floor.distance(to: head.end)
    }
  }

  private static func book(_ names: [String], _ cluster: SimulatedCluster) throws {
    try cluster.run { (shop: Cluster) async throws -> Void in
      for name in names { _ = try await shop.entity(Ledger.self, name).book(1) }
    }
  }

  @Test func whatIsMuchIsStoredInPortions() throws {
    let store = ParticularStore()
    store.wants { $0.most = 600 }
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 1, store: store) { $0.register(Ledger.self) }
    let names = (0..<1_300).map { "l\($0)" }
    try Self.book(names, cluster)
    cluster.advance(by: .seconds(1_500))
    #expect(try Self.tail(0, store, cluster) == 0)
    #expect(store.wants { $0.seen }.filter { $0 > 0 } == [512, 512, 276])
    #expect(try cluster.run { try await $0.status() }.nodes.map(\.entities) == [0], "all of them could leave")
    #expect(try cluster.run { try await $0.entity(Ledger.self, "l1299").balance() } == 1)
  }

  /// One that takes little at once is given less and less, until it takes it.
  @Test func whatIsTooMuchAtOnceIsGivenInLess() throws {
    let store = ParticularStore()
    store.wants { $0.most = 20 }
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 1, store: store) { $0.register(Ledger.self) }
    try Self.book((0..<300).map { "l\($0)" }, cluster)
    cluster.advance(by: .seconds(1_500))
    #expect(try Self.tail(0, store, cluster) == 0)
  }

  /// The store takes the first portion and no more; then the node dies. Snapshots above an old floor are skipped over by the records.
  @Test func whatIsHalfStoredIsNoHarm() throws {
    let store = ParticularStore()
    store.wants { $0.portions = 1 }
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 1, store: store) { $0.register(Ledger.self) }
    let names = (0..<1_300).map { "l\($0)" }
    try Self.book(names, cluster)
    cluster.advance(by: .seconds(900))
    #expect(try Self.tail(0, store, cluster) > 0)
    cluster.crash("n1")
    store.wants { $0 = ParticularStore.Wants() }
    try cluster.start("n1")
    try cluster.connectAnew()
    try cluster.run { (shop: Cluster) async throws -> Void in
      for name in names { #expect(try await shop.entity(Ledger.self, name).within(.seconds(60)).book(1) == 2) }
    }
  }

  /// Two may be under way at once. Those whose checkpoints are never taken leave their turn to others.
  @Test func whoseCheckpointsFailLeavesTheTurnToOthers() throws {
    let store = ParticularStore()
    store.wants { $0.refused = [ShardID(0), ShardID(1), ShardID(2)] }
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 8, store: store) { $0.register(Ledger.self) }
    let names = (0..<100).map { "l\($0)" }
    try Self.book(names, cluster)
    cluster.advance(by: .seconds(1_500))
    let tails = try (0..<8).map { try Self.tail($0, store, cluster) }
    #expect(tails[0..<3].allSatisfy { $0 > 0 } && tails[3...].allSatisfy { $0 == 0 }, "\(tails)")
    store.wants { $0.refused = [] }
    cluster.advance(by: .seconds(120))
    #expect(try (0..<8).allSatisfy { try Self.tail($0, store, cluster) == 0 }, "and has it again")
  }

  /// There is always somebody whose snapshot is just being read.
  @Test func whoIsBeingReadHoldsNoCheckpointUp() throws {
    let store = ParticularStore()
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 1, store: store) { $0.register(Ledger.self) }
    try Self.book(["early"], cluster)
    cluster.advance(by: .seconds(1_500))
    #expect(try Self.tail(0, store, cluster) == 0, "from now on there are snapshots to be read")
    store.wants { $0.held = "stuck" }
    cluster.runBeside { shop in _ = try? await shop.entity(Ledger.self, "stuck").within(.seconds(7_000)).balance() }
    try Self.book(["late"], cluster)
    cluster.advance(by: .seconds(1_500))
    #expect(try Self.tail(0, store, cluster) == 0)
    store.letGo()
    cluster.advance(by: .seconds(1))
  }

  /// A deleted entity's snapshot is removed, and the floor is not raised: its records have lost what they stood on.
  @Test func whatWasBeforeADeletionIsNotFolded() throws {
    let store = ParticularStore()
    let cluster = try SimulatedCluster(nodes: 1, shardCount: 1, store: store) { $0.register(Shelf.self) }
    try cluster.run { try await $0.entity(Shelf.self, "mugs").put() }
    cluster.advance(by: .seconds(1_500))
    #expect(try Self.tail(0, store, cluster) == 0, "the mug stands in a snapshot")
    store.wants { $0.leavesFloor = true }
    try cluster.run { (shop: Cluster) async throws -> Void in
      let mugs = shop.entity(Shelf.self, "mugs")
      try await mugs.take()
      try await mugs.delete()
    }
    cluster.advance(by: .seconds(1_500))
    #expect(store.wants { $0.removed } > 0)
    cluster.crash("n1")
    try cluster.start("n1")
    try cluster.connectAnew()
    #expect(try cluster.run { try await $0.entity(Shelf.self, "mugs").within(.seconds(60)).count() } == 0)
  }
}

/// Takes from a shelf only what is there, and relies on it when it reads its history.
@Entity("shelf")
actor Shelf: EventSourced {
  @Wire struct State: Equatable {
    var count = 0

    mutating func apply(_ event: Event) {
      switch event {
      case .put: count += 1
      case .taken:
        precondition(count > 0, "a history that was read from its middle")
        count -= 1
      }
    }
  }
  @Wire enum Event: Equatable { case put, taken }

  @Command func put() { emit(.put) }
  @Command func take() { if state.count > 0 { emit(.taken) } }
  @Query func count() -> Int { state.count }
}

/// A store that takes snapshots as it likes.
private final class ParticularStore: StoreRelay {
  struct Wants {
    /// Of snapshots at once.
    var most = Int.max
    /// So many writes with snapshots are taken yet.
    var portions = Int.max
    var refused: Set<ShardID> = []
    /// Stores what it is given but for the floor, and says that it does not know.
    var leavesFloor = false
    /// Whose snapshot is not read before `letGo`.
    var held: String?
    var seen: [Int] = []
    var removed = 0
  }

  private let store = MemoryStore()
  private let state = Mutex(Wants())
  private let waiter = Mutex<UnsafeContinuation<Void, Never>?>(nil)

  @discardableResult func wants<Value: Sendable>(_ change: (inout Wants) -> sending Value) -> Value { state.withLock { change(&$0) } }
  func letGo() { waiter.withLock { $0.take() }?.resume() }

  nonisolated(nonsending) func perform<Value: Sendable>(
    _ operation: StoreOperation, _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value { try await call(store) }

  nonisolated(nonsending) func writeSnapshots(
    _ snapshots: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence
  ) async throws(StoreError) {
    let (isRefused, leavesFloor) = state.withLock { wants in
      wants.seen.append(snapshots.count)
      wants.removed += snapshots.count { $0.state == nil }
      if !snapshots.isEmpty { wants.portions -= 1 }
      return (snapshots.count > wants.most || wants.portions < 0 || wants.refused.contains(shard), wants.leavesFloor)
    }
    if isRefused { throw .unavailable("it does not like them") }
    guard leavesFloor else { return try await store.writeSnapshots(snapshots, shard: shard, floor: floor, kept: kept, fence: fence) }
    let head = try await store.readHead(shard)
    try await store.writeSnapshots(snapshots, shard: shard, floor: head?.floor ?? Offset(0), kept: Offset(0), fence: fence)
    throw .timeout("snapshots")
  }

  nonisolated(nonsending) func readSnapshot(
    _ shard: ShardID, kind: UInt32, entity: String
  ) async throws(StoreError) -> Snapshot? {
    if state.withLock({ $0.held == entity }) {
      await withUnsafeContinuation { continuation in waiter.withLock { $0 = continuation } }
    }
    return try await store.readSnapshot(shard, kind: kind, entity: entity)
  }

  nonisolated(nonsending) func close() async {}
}
