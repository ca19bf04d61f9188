// Proof that a process does not exist any more, where a store can give it: then nobody need wait for its lease to run out.
public import TroupeCluster

/// A process's hold on a node's name. While it lasts no other process gets one for the same name on the same store.
public protocol NodeClaim: Sendable {
  /// Earlier incarnations of the node that held the name, and whose processes are gone: they will never answer anybody again.
  var ended: [Incarnation] { get }
  /// The incarnation answers nobody any more. Without it the hold ends with the process, however that ends.
  func release()
}

extension Store {
  /// A store that cannot see processes end gives no claim, and leases run out.
  public nonisolated(nonsending) func claim(_ node: NodeID, _ incarnation: Incarnation) async throws(StoreError) -> (any NodeClaim)? { nil }
}
