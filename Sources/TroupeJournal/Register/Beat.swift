// Beats and the outcomes of changing the register.
public import TroupeCluster

/// A sign of life: a member's count, which it raises in the store while it may serve.
public struct Beat: Hashable, Sendable {
  public let node: NodeID
  public let incarnation: Incarnation
  public let counter: UInt64

  public init(node: NodeID, incarnation: Incarnation, counter: UInt64) {
    self.node = node
    self.incarnation = incarnation
    self.counter = counter
  }
}

public enum BeatOutcome: Hashable, Sendable {
  /// Written. The register's epoch, and the last beat of every member and of everybody among the burials that has beaten, in the order
  /// of their nodes.
  case beats(epoch: Epoch, [Beat])
  /// The register does not list this incarnation: it was buried, or has not joined yet. Who wants to join watches the others'
  /// beats here.
  case refusedNotListed(epoch: Epoch, [Beat])
}

public enum CASOutcome: Hashable, Sendable {
  case stored
  /// Somebody else was faster; the register's epoch is this one now.
  case lost(current: Epoch)
}
