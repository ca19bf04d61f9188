// The archive as a consumer: it takes every record of a shard in large pieces, and holds the log back until it has.

/// Never gives up on a record: while the archive cannot be written the logs grow, and `shopstream topics` says why.
struct ArchiveSubscription: Subscription {
  static let group = "archive"
  /// Records of one file, about half a megabyte; so many of a shard may stand in the log although nobody needs them there.
  static let piece = 2_048

  let archive: any RecordArchive

  var group: String { Self.group }
  var topic: String { "every record" }
  var keeper: (any PlaceKeeper)? { nil }
  var isArchive: Bool { true }
  var policy: ConsumerPolicy {
    var policy = ConsumerPolicy()
    (policy.batch, policy.atLeast, policy.retention) = (Self.piece, Self.piece, .max)
    return policy
  }

  func concerns(kind: UInt32, entity: String) -> Bool { true }

  nonisolated(nonsending) func deliver(_ batch: RecordBatch, _ cluster: Cluster) async throws -> Bool {
    do throws(StoreError) {
      try await archive.keep(batch.records, of: batch.shard)
    } catch {
      throw ConsumerUnavailable("\(error)")
    }
    return true
  }
}
