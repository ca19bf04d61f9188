// Consumers, dead letters and sagas in memory.

import Synchronization

@testable import Gateway
@testable import Troupe

final class MadeUpWork: WorkDoor {
  struct State {
    var consumers = ConsumerStatus()
    var sagas = SagaStatus()
    var letters: [String: [DeadLetter]] = [:]
    var orders: [String] = []
    var error: CallError?
    var looks = 0
    /// Why a saga is not resumed.
    var refusal: String?
  }

  let state = Mutex(State())

  func set<T>(_ path: any WritableKeyPath<State, T> & Sendable, _ value: sending T) { state.withLock { $0[keyPath: path] = value } }
  var orders: [String] { state.withLock { $0.orders } }

  private func ask<T>(_ answer: (inout State) -> sending T) throws -> T {
    if let error = state.withLock({ $0.error }) { throw error }
    return state.withLock(answer)
  }

  func consumers() async throws -> ConsumerStatus {
    try ask {
      $0.looks += 1
      return $0.consumers
    }
  }
  func sagas() async throws -> SagaStatus { try ask { $0.sagas } }
  func letterCount(of group: String) async throws -> Int { try ask { $0.letters[group]?.count ?? 0 } }
  func letters(of group: String, limit: Int, _ options: CallOptions) async throws -> [DeadLetter] {
    try ask { Array(($0.letters[group] ?? []).prefix(limit)) }
  }

  func redrive(_ letter: String, of group: String, _ options: CallOptions) async throws -> Bool { try take("redrive", letter, group) }
  func drop(_ letter: String, of group: String, _ options: CallOptions) async throws -> Bool { try take("drop", letter, group) }

  private func take(_ order: String, _ letter: String, _ group: String) throws -> Bool {
    try ask { state in
      guard let index = state.letters[group]?.firstIndex(where: { $0.id == letter }) else { return false }
      state.letters[group]?.remove(at: index)
      state.orders.append("\(order) \(group) \(letter)")
      return true
    }
  }

  func resume(saga: String, _ options: CallOptions) async throws -> String? {
    try ask { state in
      if state.refusal == nil { state.orders.append("resume \(saga)") }
      return state.refusal
    }
  }
}

extension ConsumerReport {
  static func madeUp(_ group: String, lag: Int = 0, retrying: Int = 0, cutOff: Int = 0, trouble: String? = nil) -> ConsumerReport {
    ConsumerReport(
      group: group, topic: "cart.events", shards: 512, lag: lag, delivered: 1_204, failures: 3, deadLetters: 1, retrying: retrying,
      cutOff: cutOff, trouble: trouble, troubledShard: trouble == nil ? nil : 17)
  }
}

extension SagaReport {
  static func madeUp(_ id: String, isStuck: Bool = false, failures: Int = 0) -> SagaReport {
    SagaReport(
      id: id, isGoingBack: isStuck, isStuck: isStuck, step: "charge", number: 2, steps: 3, failures: failures,
      error: failures > 0 ? "the provider answered 503" : nil, reason: isStuck ? "confirm: the address is unknown" : nil,
      started: 1_764_000_000_000, changed: 1_764_000_000_000)
  }
}

extension DeadLetter {
  static func madeUp(_ offset: UInt64, entity: String = "alice", error: String = "the webhook answered 422") -> DeadLetter {
    DeadLetter(
      shard: 17, offset: offset, kind: kindID("cart"), entity: entity, recorded: 1_764_000_000_000, buried: 1_764_000_020_000, attempts: 8,
      error: error, events: [[1, 2, 3]])
  }
}
