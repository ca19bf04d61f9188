// The database that projections write: calls of all shards wait in one queue, and each transaction takes as many as there are. Many
// shards with a few messages each then cost one write to the disk, not one each.

import Foundation
public import GRDB
import Synchronization
import Troupe

/// An SQLite file for any number of projections; processes of one machine may share it.
public final class ProjectionFile: Sendable {
  /// Calls that may wait: more than a node has shards and projections.
  static let waitingLimit = 16_384
  /// Messages that one transaction takes, unless a single batch has more: so long do other processes wait for the file.
  static let messageLimit = 16_384
  /// Within which another process must have let go of the file.
  static let patience: TimeInterval = 5

  /// One call: its savepoint holds what it writes.
  private struct Call: Sendable {
    let weight: Int
    /// Throws `Away` for what concerns the whole file.
    let run: @Sendable (Database) throws -> @Sendable (ConsumerUnavailable?) -> Void
    let refuse: @Sendable (any Error) -> Void
  }

  private struct State {
    var waiting: [Call] = []
    var isWorking = false
  }

  /// For who wants to read the tables.
  public let database: DatabaseQueue
  private let state = Mutex(State())
  /// In a simulation, where nothing may happen on another thread.
  private let worksInPlace: Bool

  /// Opens the file, or makes it. Blocks; for start-up.
  public convenience init(_ path: String) throws { try self.init(path, worksInPlace: false) }

  package init(_ path: String, worksInPlace: Bool) throws {
    var configuration = Configuration()
    configuration.label = "projections"
    configuration.busyMode = .timeout(Self.patience)
    configuration.prepareDatabase { db in
      // FULL: what a transaction took is noted in the log's store, and must not be forgotten here.
      try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }
    database = try DatabaseQueue(path: path, configuration: configuration)
    self.worksInPlace = worksInPlace
    try database.inDatabase { db in
      try db.inTransaction(.immediate) {
        try db.execute(sql: PlaceTable.schema)
        return .commit
      }
    }
  }

  /// Runs `body` in a transaction that others may share, in the order of the calls; returns when that is on the disk. Throws
  /// `ConsumerUnavailable` when the file cannot be written, whatever it is given.
  nonisolated(nonsending) func write<Value: Sendable>(weight: Int, _ body: @escaping @Sendable (Database) throws -> Value) async throws
    -> Value
  {
    try await withUnsafeThrowingContinuation { (waiter: UnsafeContinuation<Value, any Error>) in
      add(
        Call(weight: weight) { db in
          let result: Result<Value, any Error>
          do {
            var value: Value?
            try db.inSavepoint {
              value = try body(db)
              return .commit
            }
            result = value.map(Result.success) ?? .failure(ConsumerUnavailable("the database gave nothing back"))
          } catch let error as DatabaseError where error.concernsTheFile {
            throw error
          } catch {
            result = .failure(error)
          }
          return { refusal in waiter.resume(with: refusal.map { .failure($0) } ?? result) }
        } refuse: {
          waiter.resume(throwing: $0)
        })
    }
  }

  private func add(_ call: Call) {
    let (isFull, begins) = state.withLock { state in
      guard state.waiting.count < Self.waitingLimit else { return (true, false) }
      state.waiting.append(call)
      defer { state.isWorking = true }
      return (false, !state.isWorking)
    }
    if isFull { return call.refuse(ConsumerUnavailable("\(Self.waitingLimit) batches wait for the database already")) }
    guard begins else { return }
    if worksInPlace { return database.inDatabase(work) }
    database.asyncWriteWithoutTransaction { [self] in work($0) }
  }

  /// One transaction after the other, until nothing waits.
  private func work(_ db: Database) {
    while let calls = take() {
      var answers: [@Sendable (ConsumerUnavailable?) -> Void] = []
      var refusal: ConsumerUnavailable?
      do {
        try db.inTransaction(.immediate) {
          for call in calls { answers.append(try call.run(db)) }
          return .commit
        }
      } catch {
        refusal = ConsumerUnavailable("the database cannot be written: \(error)")
      }
      for answer in answers { answer(refusal) }
      for call in calls.dropFirst(answers.count) { call.refuse(refusal ?? ConsumerUnavailable("the database was not asked")) }
    }
  }

  private func take() -> [Call]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isWorking = false
        return nil
      }
      var weight = 0
      let count = state.waiting.firstIndex { call in
        weight += call.weight
        return weight > Self.messageLimit
      }
      let taken = max(1, count ?? state.waiting.count)
      defer { state.waiting.removeFirst(taken) }
      return Array(state.waiting[..<taken])
    }
  }
}

extension DatabaseError {
  /// Nothing can be written just now: it is nobody's message's fault.
  var concernsTheFile: Bool {
    switch resultCode.primaryResultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_NOMEM, .SQLITE_CORRUPT,
      .SQLITE_NOTADB:
      true
    default: false
    }
  }
}
