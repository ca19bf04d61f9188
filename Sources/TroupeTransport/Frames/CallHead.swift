// What a caller says about a call, beside the entity and the arguments.
import TroupeNet

/// The head of a call. A value on the caller's stack; `Link.call` writes it straight into the frame.
public struct CallHead: Sendable {
  /// A hash of the kind's name, and one of kind and method.
  public var kind: UInt32
  public var method: UInt64
  public var isQuery: Bool
  /// This logical call was sent before, perhaps to somebody else.
  public var isRetry: Bool = false
  /// An earlier try was under way to a node that is gone: see `LinkFeatures.orphans`.
  public var isOrphan: Bool = false
  /// It has time: calls that have none go first.
  public var isBulk: Bool = false
  /// On the caller's clock. The frame carries the time left.
  public var deadline: Instant
  /// Names the logical call through all its retries: who calls, and that caller's own count.
  public var caller: UInt64
  public var sequence: UInt64
  /// The caller has the answers to all its calls below this one.
  public var lowestOpen: UInt64
  /// Of the view by which the caller chose this peer.
  public var epoch: UInt64
  public var trace: TraceContext?
  /// In whose name.
  public var identity: CallerIdentity?
  /// Who waits for this call, outermost first; at most `TransportLimits.chain`.
  public var chain: [ChainLink] = []

  @inlinable
  public init(
    kind: UInt32, method: UInt64, isQuery: Bool, deadline: Instant, caller: UInt64, sequence: UInt64, lowestOpen: UInt64,
    epoch: UInt64
  ) {
    self.kind = kind
    self.method = method
    self.isQuery = isQuery
    self.deadline = deadline
    self.caller = caller
    self.sequence = sequence
    self.lowestOpen = lowestOpen
    self.epoch = epoch
  }
}

/// An entity that waits for a call.
public struct ChainLink: Hashable, Sendable {
  public let kind: UInt32
  public let entity: String

  @inlinable
  public init(kind: UInt32, entity: String) {
    self.kind = kind
    self.entity = entity
  }
}
