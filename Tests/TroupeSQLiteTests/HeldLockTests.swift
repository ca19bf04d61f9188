// A process that stands still while it has the turn to write, or a tool that holds the database: callers hear of it in time.
import Foundation
import GRDB
import Testing
import TroupeCluster
import TroupeJournal
import TroupeSQLite

@Suite(.serialized) struct HeldLockTests {
  /// Far more than the statement's limit, for busy machines; without a limit it would be for ever.
  private static let patience = StoreLimits.statementTimeout * 4

  @Test func whoeverHasTheTurnHoldsUpTheLogForTheTimeLimitOnly() async throws {
    let directory = ScratchDirectory()
    let store = try SQLiteStore.open(directory: directory.path)
    let view = View.first(cluster: "test", member: Member(id: "a", incarnation: 1, addresses: ["127.0.0.1:1"]))
    _ = try await store.createCluster(view)
    let head = try await store.raiseFence(3, writer: WriterID(1))

    let turn = open(directory.path + "/log.sqlite.now", O_RDWR)
    #expect(flock(turn, LOCK_EX) == 0)
    let began = ContinuousClock.now
    let error = await failure { try await store.append([.one(head, from: 0)]) }
    #expect(ContinuousClock.now - began < Self.patience)
    #expect(error?.code == "store_unavailable", "it waited for its turn, so nothing was done")
    // Leases and reads go on.
    let beat = Beat(node: "a", incarnation: 1, counter: 1)
    #expect(try await store.beat(beat) == .beats(epoch: view.epoch, [beat]))
    #expect(try await store.readTail(3, from: Offset(0)).isEmpty)

    #expect(flock(turn, LOCK_UN) == 0)
    #expect(try await store.append([.one(head, from: 0)]) == [.appended(Offset(1))])
    close(turn)
    await store.close()
  }

  @Test func closingDoesNotWaitForEver() async throws {
    let directory = ScratchDirectory()
    let store = try SQLiteStore.open(directory: directory.path)
    let head = try await store.raiseFence(3, writer: WriterID(1))
    let turn = open(directory.path + "/log.sqlite.now", O_RDWR)
    #expect(flock(turn, LOCK_EX) == 0)
    async let answer = failure { try await store.append([.one(head, from: 0)]) }
    let began = ContinuousClock.now
    await store.close()
    #expect(ContinuousClock.now - began < Self.patience)
    #expect(["store_unavailable", "store_closed"].contains(await answer?.code))
    close(turn)
  }

  @Test func aToolThatLocksTheDatabaseIsWaitedForThenNamed() async throws {
    let directory = ScratchDirectory()
    let store = try SQLiteStore.open(directory: directory.path)
    let head = try await store.raiseFence(3, writer: WriterID(1))
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let tool = try DatabaseQueue(path: directory.path + "/log.sqlite", configuration: configuration)
    try await tool.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    let began = ContinuousClock.now
    let error = await failure { try await store.append([.one(head, from: 0)]) }
    #expect(ContinuousClock.now - began < Self.patience)
    #expect(error?.code == "store_unavailable" && error?.outcomeIsUnknown == false)
    try await tool.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    #expect(try await store.append([.one(head, from: 0)]) == [.appended(Offset(1))])
    try tool.close()
    await store.close()
  }
}

func failure(_ call: () async throws -> some Any) async -> StoreError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? StoreError
  }
}
