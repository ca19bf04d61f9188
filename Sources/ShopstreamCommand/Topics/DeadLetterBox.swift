// An operator's way to the dead letters of one group: they are an entity like others, with sentences for what can go wrong.

import Troupe

struct DeadLetterBox {
  private let group: String
  private let letters: DeadLetters.Ref

  init(_ group: String, _ connection: OperatorConnection) {
    self.group = group
    letters = connection.cluster.entity(DeadLetters.self, group)
  }

  /// Refuses a group that no node has, which would only look empty.
  static func open(_ group: String, _ connection: OperatorConnection) async throws -> DeadLetterBox {
    let known = try await connection.cluster.consumers().map(\.group)
    guard known.contains(group) else {
      throw Refusal("There is no group '\(group)': \(known.isEmpty ? "this cluster has none" : "it has \(known.joined(separator: ", "))").")
    }
    return DeadLetterBox(group, connection)
  }

  func count() async throws -> Int { try await letters.count() }
  func list(_ limit: Int) async throws -> [DeadLetter] { try await letters.list(limit: limit) }
  func redrive(_ id: String) async throws { try await named { try await letters.redrive(id) } }
  func drop(_ id: String) async throws { try await named { try await letters.drop(id) } }

  private func named(_ call: () async throws -> Void) async throws {
    do {
      try await call()
    } catch DeadLetters.Failure.unknown(let id) {
      throw Refusal("\(group) has no dead letter '\(id)': 'shopstream topics letters \(group)' lists them.")
    }
  }
}
