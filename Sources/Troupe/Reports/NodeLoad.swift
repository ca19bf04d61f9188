// What shards and entities cost, for whoever operates a cluster: which node is full, of what, and who calls it.

/// One node's last whole ten seconds; of a shard that came since, what it has had so far.
@Wire public struct NodeLoad: Hashable, Sendable {
  public static let hottestLimit = 32

  public var node: String
  /// How long the window was.
  public var milliseconds: UInt64
  /// Of all its shards, in the order of their numbers.
  public var shards: [ShardCost]
  /// Of its entities, the most called first; at most 32.
  public var hottest: [HotEntity]

  /// Of the node's loops together, each at most 1: the part of the window that turns took.
  public var cores: Double { Double(shards.reduce(0) { $0 + $1.microseconds }) / 1_000 / Double(max(1, milliseconds)) }
  public var callsPerSecond: Double { perSecond(shards.reduce(0) { $0 + $1.calls }) }

  public func perSecond(_ count: UInt64) -> Double { Double(count) * 1_000 / Double(max(1, milliseconds)) }
  public func cores(_ microseconds: UInt64) -> Double { Double(microseconds) / 1_000 / Double(max(1, milliseconds)) }
}

/// What a shard has cost within the window. Calls and activations are counted; time and bytes are sixteen times what every sixteenth call had.
@Wire public struct ShardCost: Hashable, Sendable {
  public var shard: Int
  /// In memory now.
  public var entities: Int
  public var calls: UInt64
  /// Of turns, an async one until it first waits.
  public var microseconds: UInt64
  /// Of arguments.
  public var bytes: UInt64
  public var activations: UInt64
}

/// An entity that had many of the calls. Its numbers come from every sixteenth call, and are never too large by more than chance.
@Wire public struct HotEntity: Hashable, Sendable {
  /// kind/id.
  public var entity: String
  public var calls: UInt64
  public var microseconds: UInt64
  /// The most first; at most four.
  public var callers: [HotCaller]
}

/// A process, or a kind of entity on one.
@Wire public struct HotCaller: Hashable, Sendable {
  public var name: String
  public var calls: UInt64
}

/// What the nodes of a cluster say of their load.
public struct ClusterLoad: Hashable, Sendable {
  /// In the order of their names.
  public var nodes: [NodeLoad]
  /// Nodes that did not answer.
  public var silent: [TransportStatus.Silent]
}

extension AskTopic {
  static let load = AskTopic(rawValue: 18)
}

extension Cluster {
  /// What shards and entities cost on each node, over the last whole ten seconds.
  ///
  /// - Throws: `CallError` when this process has not seen the cluster yet.
  public func load(within limit: Duration = .seconds(5)) async throws -> ClusterLoad {
    let (answers, silent) = try await askAll(.load, within: limit, as: NodeLoad.self)
    return ClusterLoad(nodes: answers.map(\.answer).sorted { $0.node < $1.node }, silent: silent)
  }

  func ownLoad(of node: String) async -> NodeLoad {
    let parts = await onEachStage { $0.loadReport() }
    return NodeLoad(
      node: node, milliseconds: parts.map(\.milliseconds).max() ?? 1, shards: parts.flatMap(\.shards).sorted { $0.shard < $1.shard },
      hottest: Array(
        parts.flatMap(\.hottest).sorted { ($1.calls, $0.entity) < ($0.calls, $1.entity) }.prefix(NodeLoad.hottestLimit)))
  }
}
