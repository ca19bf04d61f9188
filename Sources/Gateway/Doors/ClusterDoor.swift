// What the gateway needs of a cluster: seven questions. The real one is Troupe's `Cluster`; tests bring one that is made up.

import Troupe

/// The way from the gateway into a cluster, for entities of any kind.
public protocol ClusterDoor: Sendable {
  /// Calls a method by its contract; arguments and answer are wire bytes.
  func call(
    _ method: MethodContract, of contract: EntityContract, id: String, arguments: [UInt8], options: CallOptions
  ) async throws -> RawReply
  /// What each kind that the cluster serves can be asked.
  func contract() async throws -> [EntityContract]
  /// The nodes and who owns which shard. Rates, history and colours are left empty.
  func picture() async throws -> ClusterPicture
  /// Links, breakers, budgets and queues of this process and of the nodes.
  func transport() async throws -> TransportStatus
  /// The view, what moves, and what the nodes think of each other.
  func ring() async throws -> RingStatus
  /// Ids in order, behind `after`.
  func entities(kind: String, after: String?, limit: Int) async throws -> [String]
  func delete(kind: String, id: String, options: CallOptions) async throws
}
