// What a cluster has been told about a version that is tried.
import TroupeCluster

/// A share of the shards that belongs to nodes of one version of their program.
public struct VersionShare: Hashable, Sendable {
  /// As nodes give it: `NodeConfiguration.version`.
  public var version: String
  /// Hundredths of all shards.
  public var percent: Int
  /// Shards of that share: rounded up.
  public var shards: Int
  /// Whether placement goes by it: it does while there are nodes of that version and of others that may own shards.
  public var isInForce: Bool
}

extension Cluster {
  /// The version that is tried, by the newest view; nil when none is.
  public func versionShare() async throws -> VersionShare? {
    guard let view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    return view.trial.map {
      VersionShare(
        version: $0.version, percent: $0.percent, shards: $0.share(of: view.shardCount), isInForce: view.dividingTrial != nil)
    }
  }
}
