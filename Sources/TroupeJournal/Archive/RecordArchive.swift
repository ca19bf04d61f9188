// Where records go before the log lets go of them. `ArchiveFolder` in TroupeArchive keeps them in files, `MemoryArchive` in TroupeTesting
// in memory.
public import TroupeCluster

/// Keeps every record of the shards' logs, for as long as somebody wants them: a log needs no more than recovery and its consumers do.
///
/// Nothing is ever decided on what is here; consumers that begin anew read it, and people do.
public protocol RecordArchive: Sendable {
  /// Keeps consecutive records of a shard, and returns when they are durable. The same ones may come again, after a crash for instance.
  ///
  /// Throws `.invalid` when other records stand there under the same offset: the archive belongs to another history of the cluster, as
  /// that before a backup was restored.
  nonisolated(nonsending) func keep(_ records: [StoredRecord], of shard: ShardID) async throws(StoreError)
  /// What of a shard's log is here without gap, up to the newest record that is here; nil when nothing is.
  nonisolated(nonsending) func reach(of shard: ShardID) async throws(StoreError) -> Range<Offset>?
  /// At most `limit` records from an offset on, in order, without gap. Empty when that record is not here.
  nonisolated(nonsending) func read(_ shard: ShardID, from offset: Offset, limit: Int) async throws(StoreError) -> [StoredRecord]
}
