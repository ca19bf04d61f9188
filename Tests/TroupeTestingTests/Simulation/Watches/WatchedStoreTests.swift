// What a store must not have taken is noticed when it takes it.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct WatchedStoreTests {
  private static func record(_ sequence: UInt64) -> Record {
    let call = CallID(caller: 7, sequence: sequence)
    let turn = TurnRecord(call: call, method: 1, argumentsHash: 0, status: 0, reply: [], events: [], wallTime: 0, isDelete: false)
    return Record(kind: 1, entity: "alice", turn: turn)
  }

  private static func batch(_ fence: UInt64, _ number: UInt64, from: UInt64, _ records: [Record]) -> AppendBatch {
    AppendBatch(shard: 3, fence: Fence(fence), writer: WriterID(fence), batch: number, from: Offset(from), records: records)
  }

  @Test func whatAnOwnerWritesIsAsItShouldBe() async throws {
    let store = WatchedStore(CredulousStore(MemoryStore()))
    _ = try await store.raiseFence(3, writer: WriterID(1))
    let first = Self.batch(1, 1, from: 0, [Self.record(1), Self.record(2)])
    _ = try await store.append([first])
    _ = try await store.append([first])
    _ = try await store.raiseFence(3, writer: WriterID(2))
    _ = try await store.append([Self.batch(2, 1, from: 2, [Self.record(3)])])
    #expect(store.complaints == [])
  }

  @Test func aStaleOwnersBatchIsNoticed() async throws {
    let store = WatchedStore(CredulousStore(MemoryStore()))
    _ = try await store.raiseFence(3, writer: WriterID(1))
    _ = try await store.raiseFence(3, writer: WriterID(2))
    _ = try await store.append([Self.batch(1, 1, from: 0, [Self.record(1)])])
    #expect(store.complaints == ["shard 3: a batch was taken under fence 1, and the newest is 2"])
  }

  @Test func whatIsWrittenOverIsNoticed() async throws {
    let store = WatchedStore(CredulousStore(MemoryStore()))
    _ = try await store.raiseFence(3, writer: WriterID(1))
    _ = try await store.append([Self.batch(1, 1, from: 0, [Self.record(1), Self.record(2)])])
    _ = try await store.append([Self.batch(1, 2, from: 1, [Self.record(3)])])
    #expect(store.complaints == ["shard 3: a batch was taken at 1, and the log ended at 2"])
  }

  @Test func whatIsExecutedTwiceIsNoticed() async throws {
    let store = WatchedStore(MemoryStore())
    _ = try await store.raiseFence(3, writer: WriterID(1))
    _ = try await store.append([Self.batch(1, 1, from: 0, [Self.record(1)])])
    _ = try await store.append([Self.batch(1, 2, from: 1, [Self.record(2), Self.record(1)])])
    #expect(store.complaints.count == 1)
    #expect(store.complaints[0].contains("to alice was executed twice, at 0 and at 2"))
  }
}

/// Takes whatever comes.
private final class CredulousStore: StoreRelay {
  private let store: MemoryStore
  init(_ store: MemoryStore) { self.store = store }

  nonisolated(nonsending) func perform<Value: Sendable>(
    _ operation: StoreOperation, _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value { try await call(store) }

  nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    batches.map { .appended($0.end) }
  }

  nonisolated(nonsending) func close() async {}
}
