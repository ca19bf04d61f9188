// One shard as it is written on the command line.

import ArgumentParser
import Troupe

/// Its number, or an entity that is in it.
enum ShardAddress: Hashable, Sendable, ExpressibleByArgument {
  case number(Int)
  case entity(EntityAddress)

  init?(argument: String) {
    if let number = Int(argument), number >= 0 {
      self = .number(number)
    } else if let entity = EntityAddress(argument: argument) {
      self = .entity(entity)
    } else {
      return nil
    }
  }

  func number(_ connection: OperatorConnection) async throws -> Int {
    switch self {
    case .number(let number): return number
    case .entity(let entity):
      let kind = try Contracts(kinds: try await connection.cluster.contract()).kind(entity.kind)
      return try await connection.cluster.explain(kind: kind.kind, id: entity.id).shard
    }
  }
}
