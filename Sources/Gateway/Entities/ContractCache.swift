// The cluster's contracts, asked for seldom. A kind or method that is not in the copy is asked for again, at most once a
// second: a roll-out shows up at once, and a client that guesses names costs nothing.

import Troupe

actor ContractCache {
  private let door: any ClusterDoor
  private let clock = ContinuousClock()
  private var kinds: [String: EntityContract] = [:]
  private var readAt: ContinuousClock.Instant?

  /// Between two readings because of an unknown name.
  private static let pause: Duration = .seconds(1)
  /// A copy this old is read again in any case: methods change their arguments during a roll-out.
  private static let longest: Duration = .seconds(30)

  init(_ door: any ClusterDoor) { self.door = door }

  func contracts() async throws -> [EntityContract] {
    try await read()
    return kinds.values.sorted { $0.kind < $1.kind }
  }

  func contract(of kind: String) async throws -> EntityContract {
    if let contract = kinds[kind], let readAt, readAt.duration(to: clock.now) < Self.longest { return contract }
    try await readUnlessJustRead()
    guard let contract = kinds[kind] else {
      let known = kinds.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
      throw Problem(.unknownKind, "There is no entity kind \(Text.quoted(kind)). This cluster serves \(known.isEmpty ? "none" : known).")
    }
    return contract
  }

  func method(_ name: String, of kind: String) async throws -> (EntityContract, MethodContract) {
    var contract = try await contract(of: kind)
    if let method = contract.methods.first(where: { $0.name == name }) { return (contract, method) }
    try await readUnlessJustRead()
    contract = try await self.contract(of: kind)
    guard let method = contract.methods.first(where: { $0.name == name }) else {
      let known = contract.methods.map(\.name).joined(separator: ", ")
      throw Problem(.unknownMethod, "The kind \"\(kind)\" has no method \(Text.quoted(name)). It has \(known).")
    }
    return (contract, method)
  }

  private func readUnlessJustRead() async throws {
    if let readAt, readAt.duration(to: clock.now) < Self.pause { return }
    try await read()
  }

  private func read() async throws {
    let contracts = try await door.contract()
    kinds = Dictionary(contracts.map { ($0.kind, $0) }) { first, _ in first }
    readAt = clock.now
  }
}
