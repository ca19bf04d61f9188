// A whole client of a store: a script of everything that nodes write, on three shards and the register, that goes on where it was after a
// failure or a restart. Calls follow each other, so that an operation of the disk has the same number in every run.
import Foundation
import TroupeCluster
import TroupeJournal
import TroupeSQLite

struct StoreClient: Sendable {
  enum Step: Sendable {
    case create, change, beat
    /// One call for all of the shards: a batch each.
    case append([Int], count: Int, bytes: Int)
    case snapshots(Int)
    case consumers(Int)
    case takeOver(Int)
    /// The write-ahead log is copied into the database; while a reader holds on to what it saw, in part.
    case fold, foldAll, hold, letGo
  }

  static let script: [Step] = [
    .create, .append([0, 1, 2], count: 2, bytes: 40), .beat, .append([0], count: 2, bytes: 3_000), .snapshots(0),
    .append([1, 2], count: 1, bytes: 10), .consumers(1), .fold, .change, .append([0, 1, 2], count: 3, bytes: 200), .beat,
    // Pages that only the copy in part has, and the sync of the whole one answers for.
    .snapshots(1), .append([0], count: 3, bytes: 3_000), .hold, .append([2], count: 2, bytes: 100), .fold, .letGo, .fold, .fold,
    .append([0], count: 1, bytes: 4_000),
    .takeOver(2), .snapshots(0), .consumers(1), .foldAll, .change, .append([0, 1, 2], count: 1, bytes: 500), .consumers(0), .beat,
  ]

  /// A disk that has failed once does not fail this often in a row.
  static let tries = 6

  var shards = [ShardClient(0), ShardClient(1), ShardClient(2)]
  var register = RegisterClient()
  private(set) var next = 0
  /// Calls that failed.
  private(set) var failures = 0

  var isDone: Bool { next == Self.script.count }

  /// Goes on with the script to its end, or until a call fails for good.
  mutating func run(on disk: FaultyDisk, _ store: SQLiteStore, _ folds: Folds) async throws {
    for index in shards.indices { shards[index].forget() }
    while !isDone {
      try await step(Self.script[next], on: disk, store, folds)
      next += 1
    }
  }

  /// Whether the store holds what this was told.
  func check(_ store: some Store) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await register.check(store) }
      for shard in shards { group.addTask { try await shard.check(store) } }
      try await group.waitForAll()
    }
  }

  /// Whether a store would hold it that was opened after such an end of this one, here and now.
  func check(whatIsLeftOf disk: FaultyDisk, after end: FaultyDisk.End) async throws {
    let folder = disk.folder + ".left"
    try? FileManager.default.removeItem(atPath: folder)
    try disk.write(to: folder, after: end)
    let left = FaultyDisk(folder, nil, seed: 0)
    FaultyVFS.add(left)
    defer { FaultyVFS.remove(left) }
    let store = try SQLiteStore.patient(folder)
    do { try await check(store) } catch { throw Lie("after a \(end) here: \(error)") }
    await store.close()
    await left.untilClosed()
  }

  // MARK: Steps

  private mutating func step(_ step: Step, on disk: FaultyDisk, _ store: SQLiteStore, _ folds: Folds) async throws {
    switch step {
    case .create: try await repeated("creating", store, disk) { try await $0.register.create(in: store) }
    case .change: try await repeated("a change", store, disk) { try await $0.register.change(in: store) }
    case .beat: try await repeated("a beat", store, disk) { try await $0.register.beat(in: store) }
    case .append(let indices, let count, let bytes):
      var left = indices
      let goals = indices.map { shards[$0].records.possible[0].count + count }
      try await repeated("an append", store, disk) { client in
        for index in left where !client.shards[index].isOwner { try await client.shards[index].takeOver(in: store) }
        // What was in doubt may have landed.
        left = zip(indices, goals).filter { client.shards[$0].records.newest.count < $1 }.map(\.0)
        try await client.append(left, count: count, bytes: bytes, to: store)
      }
    case .snapshots(let index):
      try await owned(index, "snapshots", store, disk) { try await $0.shards[index].writeSnapshots(in: store) }
    case .consumers(let index):
      try await owned(index, "consumers", store, disk) { try await $0.shards[index].writeConsumers(in: store) }
    case .takeOver(let index):
      shards[index].forget()
      try await owned(index, "taking over", store, disk) { _ in }
    // What it cannot copy stays in the log; nobody is told.
    case .fold: try? await folds.fold()
    case .foldAll: try? await folds.foldAll()
    case .hold: try? await folds.hold()
    case .letGo: try? await folds.letGo()
    }
  }

  private mutating func append(_ indices: [Int], count: Int, bytes: Int, to store: SQLiteStore) async throws {
    let batches = indices.compactMap { shards[$0].nextBatch(count, bytes: bytes) }
    guard !batches.isEmpty else { return }
    let outcomes: [AppendOutcome]
    do throws(StoreError) {
      outcomes = try await store.append(batches)
    } catch {
      for (position, index) in indices.enumerated() { shards[index].failed(batches[position], error) }
      throw error
    }
    for (position, index) in indices.enumerated() { try shards[index].appended(batches[position], outcomes[position]) }
  }

  private mutating func owned(
    _ index: Int, _ what: String, _ store: SQLiteStore, _ disk: FaultyDisk, _ body: (inout StoreClient) async throws -> Void
  ) async throws {
    try await repeated(what, store, disk) { client in
      if !client.shards[index].isOwner { try await client.shards[index].takeOver(in: store) }
      try await body(&client)
    }
  }

  /// Until it succeeds. After a failure neither the open store may lie nor what it leaves if it ends there.
  private mutating func repeated(
    _ what: String, _ store: SQLiteStore, _ disk: FaultyDisk, _ body: (inout StoreClient) async throws -> Void
  ) async throws {
    var last = StoreError.closed
    for _ in 0..<Self.tries {
      do {
        return try await body(&self)
      } catch let error as StoreError {
        failures += 1
        last = error
        if disk.isOut { break }
        if case .corrupt = error { throw Lie("\(what): \(error)") }
        try await check(store)
        // Once a life: it costs more than the rest.
        guard failures == 1 else { continue }
        for end in FaultyDisk.End.allCases { try await check(whatIsLeftOf: disk, after: end) }
      }
    }
    throw Interrupted(what: what, last: last)
  }
}
