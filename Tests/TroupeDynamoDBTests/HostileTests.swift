// The store between a hostile network and a throttling service: one effect, equal answers, and never a wrong certainty.
import AWSEmulator
import StoreContract
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupeDynamoDB

@Suite(.serialized) struct HostileTests {
  /// Of these tests alone, which have time limits: the others would keep it busy.
  private static let emulator = Result { try EmulatorProcess() }
  private static let view = View.first(cluster: "test", member: Member(id: "a", incarnation: 1, addresses: ["127.0.0.1:1"]))

  /// A store that reaches its table through a proxy, and another one that reaches it directly.
  private func started(limit: Duration = .seconds(60)) async throws -> (HostileProxy, DynamoDBStore, DynamoDBStore) {
    let table = Tables.name()
    let emulator = try Self.emulator.get()
    let direct = try await Tables.store(table, at: emulator.endpoint)
    let proxy = try await HostileProxy(to: emulator.endpoint)
    return (proxy, try await Tables.store(table, at: proxy.url, limit: limit), direct)
  }

  private func close(_ proxy: HostileProxy, _ stores: DynamoDBStore...) async {
    for store in stores { await store.close() }
    await proxy.close()
  }

  private static func batch(_ head: Head, _ number: UInt64 = 1) -> AppendBatch {
    AppendBatch(
      shard: 3, fence: head.fence, writer: head.owner, batch: number, from: head.end,
      records: [Record(kind: 1, entity: "alice", turn: .sample(number))])
  }

  @Test(
    "throttling is waited out",
    arguments: [
      "ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "TransactionConflictException",
    ])
  func throttled(_ code: String) async throws {
    let (proxy, store, direct) = try await started()
    proxy.set { _, count in count <= 3 ? .refuse(code) : .none }
    #expect(try await store.createCluster(Self.view) == .stored)
    let beat = Beat(node: "a", incarnation: 1, counter: 1)
    #expect(try await store.beat(beat) == .beats(epoch: Self.view.epoch, [beat]))
    let head = try await store.raiseFence(3, writer: WriterID(1))
    #expect(head.fence == Fence(1))
    #expect(try await store.append([Self.batch(head)]) == [.appended(Offset(1))])
    try await store.writeSnapshots(
      [SnapshotWrite(kind: 1, entity: "alice", offset: Offset(1), state: [1])], shard: 3, floor: Offset(1), fence: head.fence)
    #expect(proxy.count("PutItem") == 4 && proxy.count("UpdateItem") == 4)
    #expect(try await direct.readHead(3)?.floor == Offset(1))
    await close(proxy, store, direct)
  }

  @Test func throttlingPastTheLimitIsUnavailableAndNothingWasDone() async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(3))
    let head = try await direct.raiseFence(3, writer: WriterID(1))
    _ = try await store.readHead(3)
    proxy.set { operation, _ in operation == "PutItem" ? .refuse("ThrottlingException") : .none }
    let began = ContinuousClock.now
    let error = await failure { try await store.append([Self.batch(head)]) }
    #expect(error?.code == "store_unavailable" && error?.description.contains("ThrottlingException") == true)
    #expect(ContinuousClock.now - began < .seconds(20) && proxy.count("PutItem") > 3)
    #expect(try await direct.readHead(3)?.end == Offset(0))
    await close(proxy, store, direct)
  }

  @Test(
    "an answer that is lost is asked for again: one effect, the same answer",
    arguments: [
      HostileProxy.Fault.failAfter, .loseAnswer, .fail,
    ])
  func lostAnswers(_ fault: HostileProxy.Fault) async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(5))
    // The first of each kind of write is hit, and so is the first of each again after `set`.
    let writes = ["PutItem", "UpdateItem", "TransactWriteItems"]
    let faults: @Sendable (String, Int) -> HostileProxy.Fault = { operation, count in
      count == 1 && writes.contains(operation) ? fault : .none
    }
    proxy.set(faults)
    #expect(try await store.createCluster(Self.view) == .stored)
    let beat = Beat(node: "a", incarnation: 1, counter: 1)
    #expect(try await store.beat(beat) == .beats(epoch: Self.view.epoch, [beat]))
    proxy.set(faults)
    #expect(try await store.compareAndSet(Self.view.voiding()) == .stored)
    proxy.set(faults)
    let head = try await store.raiseFence(3, writer: WriterID(1))
    #expect(head.fence == Fence(1), "raised once")
    #expect(try await store.append([Self.batch(head)]) == [.appended(Offset(1))])
    proxy.set(faults)
    try await store.writeSnapshots(
      [SnapshotWrite(kind: 1, entity: "alice", offset: Offset(1), state: [1], wake: 5)], shard: 3, floor: Offset(1), fence: head.fence)
    let consumer = ConsumerOffset(group: "search", generation: 0, offset: Offset(1))
    try await store.writeConsumers([consumer], shard: 3, fence: head.fence)
    let image = try #require(try await direct.exportShard(3))
    #expect(image.head.fence == Fence(1) && image.head.end == Offset(1) && image.head.floor == Offset(1))
    #expect(image.consumers == [consumer] && image.snapshots.map(\.entity) == ["alice"] && image.snapshots[0].wake == 5)
    #expect(try await direct.readRegister()?.epoch == Self.view.epoch.next)
    await close(proxy, store, direct)
  }

  @Test func anAppendWhoseAnswersAreAllLostIsUnknownAndSettles() async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(3))
    let head = try await direct.raiseFence(3, writer: WriterID(1))
    _ = try await store.readHead(3)
    proxy.set { operation, _ in operation == "PutItem" ? .loseAnswer : .none }
    let batch = Self.batch(head)
    let error = await failure { try await store.append([batch]) }
    #expect(error?.outcomeIsUnknown == true)
    proxy.set { _, _ in .none }
    #expect(try await direct.settle(batch.name) == .stillOpen)
    let next = try await direct.raiseFence(3, writer: WriterID(1))
    #expect(try await direct.settle(batch.name) == .landed && next.end == Offset(1))
    await close(proxy, store, direct)
  }

  @Test func anAppendThatArrivesAfterTheFenceWasRaisedHasNoEffect() async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(3))
    let head = try await direct.raiseFence(3, writer: WriterID(1))
    _ = try await store.readHead(3)
    proxy.set { operation, _ in operation == "PutItem" ? .hold : .none }
    let batch = Self.batch(head)
    #expect(await failure { try await store.append([batch]) }?.outcomeIsUnknown == true)
    let next = try await direct.raiseFence(3, writer: WriterID(2))
    #expect(next.end == Offset(0))
    try await proxy.releaseHeld()
    #expect(try await direct.readHead(3) == next)
    #expect(try await direct.settle(batch.name) == .absent)
    #expect(try await direct.append([Self.batch(next, 9)]) == [.appended(Offset(1))])
    #expect(try await direct.readTail(3, from: Offset(0)).map(\.turn) == [.sample(9)])
    await close(proxy, store, direct)
  }

  @Test func anAppendThatArrivesLateBeforeTheFenceIsRaisedIsThere() async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(3))
    let head = try await direct.raiseFence(3, writer: WriterID(1))
    _ = try await store.readHead(3)
    proxy.set { operation, _ in operation == "PutItem" ? .hold : .none }
    let batch = Self.batch(head)
    #expect(await failure { try await store.append([batch]) }?.outcomeIsUnknown == true)
    // Every attempt arrives, one after the other.
    try await proxy.releaseHeld()
    let next = try await direct.raiseFence(3, writer: WriterID(2))
    #expect(next.end == Offset(1))
    #expect(try await direct.settle(batch.name) == .landed)
    #expect(try await direct.readTail(3, from: Offset(0)).count == 1)
    await close(proxy, store, direct)
  }

  @Test func aCheckpointThatArrivesAfterTheFenceWasRaisedHasNoEffect() async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(3))
    let head = try await direct.raiseFence(3, writer: WriterID(1))
    #expect(try await direct.append([Self.batch(head)]) == [.appended(Offset(1))])
    _ = try await store.readHead(3)
    proxy.set { operation, _ in operation == "TransactWriteItems" || operation == "PutItem" ? .hold : .none }
    let error = await failure {
      try await store.writeSnapshots(
        [SnapshotWrite(kind: 1, entity: "alice", offset: Offset(1), state: [1])], shard: 3, floor: Offset(1), fence: head.fence)
    }
    #expect(error?.outcomeIsUnknown == true)
    let consumer = ConsumerOffset(group: "search", generation: 0, offset: Offset(1))
    #expect(await failure { try await store.writeConsumers([consumer], shard: 3, fence: head.fence) }?.outcomeIsUnknown == true)
    let next = try await direct.raiseFence(3, writer: WriterID(2))
    try await proxy.releaseHeld()
    #expect(try await direct.readHead(3) == next)
    #expect(try await direct.readSnapshot(3, kind: 1, entity: "alice") == nil)
    #expect(try await direct.readConsumers(3).isEmpty)
    await close(proxy, store, direct)
  }

  @Test func aBeatThatArrivesAfterItsBurialHasNoEffect() async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(3))
    _ = try await direct.createCluster(Self.view)
    let joined = try Self.view.joining(Member(id: "b", incarnation: 2, addresses: ["127.0.0.1:2"]))
    _ = try await direct.compareAndSet(joined)
    proxy.set { operation, _ in operation == "UpdateItem" ? .hold : .none }
    let late = Beat(node: "b", incarnation: 2, counter: 7)
    #expect(await failure { try await store.beat(late) }?.outcomeIsUnknown == true)
    let reborn = try joined.joining(Member(id: "b", incarnation: 3, addresses: ["127.0.0.1:2"]), burying: 2)
    #expect(try await direct.compareAndSet(reborn) == .stored)
    try await proxy.releaseHeld()
    let mine = Beat(node: "a", incarnation: 1, counter: 1)
    #expect(try await direct.beat(mine) == .beats(epoch: reborn.epoch, [mine]))
    await close(proxy, store, direct)
  }

  @Test func aChangeOfTheRegisterThatArrivesLateIsLost() async throws {
    let (proxy, store, direct) = try await started(limit: .seconds(3))
    _ = try await direct.createCluster(Self.view)
    proxy.set { operation, _ in operation == "TransactWriteItems" ? .hold : .none }
    let joining = try Self.view.joining(Member(id: "b", incarnation: 2, addresses: ["127.0.0.1:2"]))
    #expect(await failure { try await store.compareAndSet(joining) }?.outcomeIsUnknown == true)
    #expect(try await direct.compareAndSet(Self.view.voiding()) == .stored)
    try await proxy.releaseHeld()
    #expect(try await direct.readRegister() == Self.view.voiding())
    let mine = Beat(node: "a", incarnation: 1, counter: 1)
    #expect(try await direct.beat(mine) == .beats(epoch: Self.view.epoch.next, [mine]))
    await close(proxy, store, direct)
  }

  @Test func aShardThatIsThrottledIsAConflictWhenOthersWereAppended() async throws {
    let table = Tables.name()
    let store = try await Tables.store(table)
    let heads = [try await store.raiseFence(1, writer: WriterID(1)), try await store.raiseFence(2, writer: WriterID(1))]
    let batches = zip([1, 2] as [ShardID], heads).map { shard, head in
      AppendBatch(
        shard: shard, fence: head.fence, writer: WriterID(1), batch: 1, from: head.end,
        records: [Record(kind: 1, entity: "alice", turn: .sample(1))])
    }
    typealias Outcome = Result<AppendOutcome, StoreError>
    let (done, throttled): (Outcome, Outcome) = (.success(.appended(Offset(1))), .failure(.unavailable("slow")))
    func outcome(_ results: [Outcome]) throws(StoreError) -> [AppendOutcome] {
      try GroupAppend.outcome(of: results, batches) { heads[$0.index - 1] }
    }
    #expect(try outcome([done, throttled]) == [.appended(Offset(1)), .conflict(heads[1])])
    #expect(throws: StoreError.unavailable("slow")) { try outcome([throttled, throttled]) }
    #expect(throws: StoreError.timeout("x")) { try outcome([done, .failure(.timeout("x"))]) }
    await store.close()
  }
}
