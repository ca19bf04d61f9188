// What a test asks the cluster as an operator: over mTLS, with the certificate that `up` made.

import Foundation
import ShopstreamCommand
import Troupe

@testable import ShopstreamCommand

struct Operator {
  let connection: OperatorConnection

  init(_ up: UpProcess) async throws {
    connection = try await OperatorConnection.open(DataDirectory(up.data))
  }

  /// Of `carts` those that a node owns at the moment.
  func carts(_ carts: [String], of node: String) async throws -> [String] {
    let status = try await connection.cluster.status()
    guard let index = status.nodes.firstIndex(where: { $0.id == node }) else { return [] }
    return carts.filter { cart in
      let shard = shardIndex(of: entityHash(kindID: kindID("cart"), id: cart), shardCount: status.shardCount)
      return status.owners[shard] == index
    }
  }

  /// Whether all shards are where they should be, by a view that has them all there.
  func sharesAreAtRest() async throws -> Bool { try await !connection.cluster.shards().contains(where: \.moves) }

  func close() async {
    await connection.close()
  }
}
