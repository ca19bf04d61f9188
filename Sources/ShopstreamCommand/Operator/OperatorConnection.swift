// The way of every operator's command into the cluster: over mTLS to any of its nodes, under the role `operator`.

import Foundation
import Troupe

struct OperatorConnection: Sendable {
  /// Somebody is waiting at a terminal.
  static let patience: Duration = .seconds(5)

  let cluster: Cluster
  private let client: Client

  static func open(_ directory: DataDirectory) async throws(Refusal) -> OperatorConnection {
    let file = try ClusterFile.read(from: directory)
    let addresses = file.nodes.compactMap { $0.addresses.first.flatMap { SocketAddress($0) } }
    let tls = try TLSContext.load(.operator, from: directory, trustDomain: file.cluster)
    do {
      let client = try await Client.connect(
        to: addresses, cluster: file.cluster, name: CertificateHolder.operator.name, role: .operator, tls: tls, limit: Self.patience)
      return OperatorConnection(cluster: client.cluster, client: client)
    } catch {
      let places = addresses.map(\.description).joined(separator: ", ")
      throw Refusal("No node of the cluster in \(directory.path) answers at \(places) (\(error)): start it with 'shopstream up'.")
    }
  }

  func close() async {
    await client.close()
  }

  func summary() async throws -> ClusterSummary {
    ClusterSummary(try await cluster.status())
  }
}

/// Which cluster a command is about, and how it speaks.
extension OperatorConnection {
  /// Opens the connection that `options` mean, runs `body`, and closes it either way.
  static func with<T>(_ options: OperatorOptions, _ body: (OperatorConnection) async throws -> T) async throws -> T {
    let connection = try await open(try DataDirectory.find(named: options.data))
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }
}
