// A server that does not answer: callers hear of it in time, no loop waits, and what takes effect late is told truly.
import Foundation
import PostgresServer
import Testing
import TroupeCluster
import TroupeJournal
import TroupeNet
import TroupePostgres

@Suite(.serialized) struct StoppedServerTests {
  /// Far more than the statement's limit, for busy machines; without a limit it would be for ever.
  private static let patience = StoreLimits.statementTimeout * 4

  @Test func aStoppedServerHoldsCallersUpForTheTimeLimitOnlyAndBlocksNoLoop() async throws {
    let server = try PostgresServer()
    let store = try PostgresStore.open(server.conninfo())
    let head = try await persist { try await store.raiseFence(3, writer: WriterID(1)) }
    let loop = try UVLoop.start(index: 1, name: "caller")
    server.pause()
    let pulse = Pulse(on: loop)
    let began = ContinuousClock.now
    let (append, fence) = await Task(executorPreference: loop) {
      async let append = failure { try await store.append([.one(head, from: 0)]) }
      async let fence = failure { try await store.raiseFence(4, writer: WriterID(1)) }
      return (await append, await fence)
    }.value
    #expect(ContinuousClock.now - began < Self.patience)
    let beats = await pulse.end()
    #expect(append?.code == "store_timeout" && fence?.mayRetry == true, "\(append as Any) \(fence as Any)")
    // Every 5 ms, for 700: the machine may be busy, but a loop that waits for the store beats once.
    #expect(beats > 20, "\(beats)")
    server.resume()

    // It was sent and may land whenever the server goes on; behind a raised fence it is known.
    let raised = try await persist { try await store.raiseFence(3, writer: WriterID(1)) }
    let settled = try await store.settle(AppendBatch.one(head, from: 0).name)
    #expect(settled == (raised.end == Offset(1) ? .landed : .absent))
    #expect(try await persist { try await store.append([.one(raised, from: raised.end.value)]) } == [.appended(raised.end.advanced(by: 1))])
    loop.stop()
    loop.join()
    await store.close()
  }

  @Test func whatLandsAfterItsCallerGaveUpIsFoundBehindARaisedFence() async throws {
    let server = try PostgresServer()
    let (store, tool) = (try PostgresStore.open(server.conninfo()), try PostgresTool(server.conninfo()))
    let head = try await persist { try await store.raiseFence(3, writer: WriterID(1)) }
    // The process of the writer's connection stands still before it has read the statement.
    let backend = try #require(
      try Int32(tool.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'troupe writer'")[0][0]))
    kill(backend, SIGSTOP)
    let batch = AppendBatch.one(head, from: 0)
    let error = await failure { try await store.append([batch]) }
    #expect(error?.code == "store_timeout")
    #expect(try await store.settle(batch.name) == .stillOpen)
    kill(backend, SIGCONT)
    // The server does it now, for nobody.
    while try await store.readHead(3)?.end != Offset(1) {}
    let raised = try await persist { try await store.raiseFence(3, writer: WriterID(2)) }
    #expect(raised.end == Offset(1) && raised.lastBatch == batch.batch)
    #expect(try await store.settle(batch.name) == .landed)
    await store.close()
  }

  @Test func whoIsFencedOffWhileItStandsStillChangesNothingLater() async throws {
    let server = try PostgresServer()
    let (old, new) = (try PostgresStore.open(server.conninfo()), try PostgresStore.open(server.conninfo()))
    let tool = try PostgresTool(server.conninfo())
    let head = try await persist { try await old.raiseFence(3, writer: WriterID(1)) }
    let backend = try #require(
      try Int32(tool.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'troupe writer'")[0][0]))
    kill(backend, SIGSTOP)
    let batch = AppendBatch.one(head, from: 0)
    let error = await failure { try await old.append([batch]) }
    #expect(error?.code == "store_timeout")
    let raised = try await persist { try await new.raiseFence(3, writer: WriterID(2)) }
    #expect(try await new.settle(batch.name) == .absent)
    #expect(try await persist { try await new.append([.one(raised, from: 0)]) } == [.appended(Offset(1))])
    kill(backend, SIGCONT)
    // Until it has worked off what it was sent.
    let isAtIt = "SELECT count(*) FROM pg_stat_activity WHERE pid = \(backend) AND (query NOT LIKE '%moved%' OR state <> 'idle')"
    while try tool.run(isAtIt) != [["0"]] {}
    #expect(try await new.settle(batch.name) == .absent)
    #expect(try await new.readTail(3, from: Offset(0)).count == 1)
    await old.close()
    await new.close()
  }

  @Test func aRowThatSomebodyHoldsIsWaitedForThenNamed() async throws {
    let server = try PostgresServer()
    let (store, tool) = (try PostgresStore.open(server.conninfo()), try PostgresTool(server.conninfo()))
    let view = View.first(cluster: "test", member: Member(id: "a", incarnation: 1, addresses: ["127.0.0.1:1"]))
    _ = try await store.createCluster(view)
    let head = try await persist { try await store.raiseFence(3, writer: WriterID(1)) }
    try tool.run("BEGIN; SELECT * FROM troupe_heads WHERE shard = 3 FOR UPDATE")
    let began = ContinuousClock.now
    let error = await failure { try await store.append([.one(head, from: 0)]) }
    #expect(ContinuousClock.now - began < Self.patience)
    // The server ended the statement, so nothing was done.
    #expect(error?.code == "store_unavailable", "\(error as Any)")
    // Leases and reads go on.
    let beat = Beat(node: "a", incarnation: 1, counter: 1)
    #expect(try await store.beat(beat) == .beats(epoch: view.epoch, [beat]))
    #expect(try await store.readTail(3, from: Offset(0)).isEmpty)
    try tool.run("ROLLBACK")
    #expect(try await persist { try await store.append([.one(head, from: 0)]) } == [.appended(Offset(1))])
    await store.close()
  }

  @Test func aServerThatIsAwayIsNamedAndFoundAgain() async throws {
    let server = try PostgresServer()
    let store = try PostgresStore.open(server.conninfo())
    let head = try await persist { try await store.raiseFence(3, writer: WriterID(1)) }
    server.stop()
    // The first may have been on its way when the connection ended; later ones were never sent.
    _ = await failure { try await store.append([.one(head, from: 0)]) }
    let began = ContinuousClock.now
    let error = await failure { try await store.append([.one(head, from: 0)]) }
    #expect(ContinuousClock.now - began < Self.patience)
    #expect(error?.code == "store_unavailable" && "\(error!)".contains("PostgreSQL at"), "\(error as Any)")
    try server.start()
    let outcome = try await persist { try await store.append([.one(head, from: 0)]) }
    #expect(outcome == [.appended(Offset(1))])
    await store.close()
  }

  @Test func closingDoesNotWaitForEver() async throws {
    let server = try PostgresServer()
    let store = try PostgresStore.open(server.conninfo())
    let head = try await persist { try await store.raiseFence(3, writer: WriterID(1)) }
    server.pause()
    async let answer = failure { try await store.append([.one(head, from: 0)]) }
    let began = ContinuousClock.now
    await store.close()
    #expect(ContinuousClock.now - began < Self.patience)
    #expect(["store_timeout", "store_unknown", "store_unavailable", "store_closed"].contains(await answer?.code))
    server.resume()
  }
}

/// Calls until it is not refused for now.
func persist<Value>(_ call: () async throws -> Value) async throws -> Value {
  while true {
    do {
      return try await call()
    } catch let error as StoreError where error.mayRetry {
      continue
    }
  }
}

/// A timer on a loop that sets itself again, and counts.
final class Pulse: Sendable {
  private let state: LoopBound<State>

  private final class State {
    var count = 0
    var isOver = false
  }

  init(on loop: UVLoop) {
    state = LoopBound(State(), on: loop)
    loop.execute { [self] in beat() }
  }

  private func beat() {
    state.loop.schedule(after: .milliseconds(5)) { [self] in
      guard !state.value.isOver else { return }
      state.value.count += 1
      beat()
    }
  }

  func end() async -> Int {
    await withCheckedContinuation { continuation in
      state.loop.execute { [self] in
        state.value.isOver = true
        continuation.resume(returning: state.value.count)
      }
    }
  }
}
