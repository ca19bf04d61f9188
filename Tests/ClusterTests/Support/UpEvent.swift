// One line of `shopstream up --json`, as a program outside reads it.

import Foundation

struct UpEvent: Decodable, Sendable {
  struct Node: Decodable, Sendable {
    var id: String
    var addresses: [String]
  }

  struct Status: Decodable, Sendable {
    struct Node: Decodable, Sendable {
      var id: String
      var shards: Int
      var state: String
      var leaseValid: Bool
    }

    var unowned: Int
    var nodes: [Node]

    /// Nodes of one weight have shares that are exact to a shard, and shards move only until they are met.
    var isEven: Bool {
      let shares = nodes.map(\.shards).sorted()
      return unowned == 0 && (shares.last ?? 0) - (shares.first ?? 0) <= 1
    }
  }

  var event: String
  var process: String?
  var pid: Int32?
  var message: String?
  var gateway: String?
  var admin: String?
  var nodes: [Node]?
  var status: Status?
}

typealias UpEvents = Heard<UpEvent>

/// All that a program has said so far, and whoever waits for more.
actor Heard<Event: Sendable> {
  private(set) var all: [Event] = []
  private var hasEnded = false
  private var waiters: [(isMeant: @Sendable (Event) -> Bool, continuation: CheckedContinuation<Event?, Never>)] = []

  func append(_ event: Event) {
    all.append(event)
    let heard = waiters.filter { $0.isMeant(event) }
    waiters.removeAll { $0.isMeant(event) }
    heard.forEach { $0.continuation.resume(returning: event) }
  }

  func end() {
    hasEnded = true
    waiters.forEach { $0.continuation.resume(returning: nil) }
    waiters = []
  }

  /// The first one, behind the first `skip` lines, that is meant; nil when the program ended without it.
  func first(after skip: Int = 0, where isMeant: @escaping @Sendable (Event) -> Bool) async -> Event? {
    if let event = all.dropFirst(skip).first(where: isMeant) { return event }
    if hasEnded { return nil }
    return await withCheckedContinuation { waiters.append((isMeant, $0)) }
  }
}

extension Heard<UpEvent> {
  /// The process id of the present life of a process.
  func pid(of name: String) -> Int32? {
    all.last { $0.event == "started" && $0.process == name }?.pid
  }

  var pids: [Int32] { all.compactMap(\.pid) }
}
