// Moving a shard of a stopped cluster.
public import TroupeCluster
public import TroupeJournal

extension PostgresStore {
  public nonisolated(nonsending) func exportShard(_ shard: ShardID) async throws(StoreError) -> ShardImage? {
    guard let head = try await readHead(shard) else { return nil }
    let queries = [
      LogStatements.page(shard, from: head.kept, limit: .max), SnapshotStatements.all(of: shard), ConsumerStatements.read(shard),
    ]
    return try await ask("an export of shard \(shard)", on: tails, within: readLimit, queries) { rows in
      let first = rows.startIndex
      guard let excerpt = try LogExcerpt.read(rows[first], of: shard) else { return nil }
      return ShardImage(
        shard: shard, head: excerpt.head, records: try excerpt.records(from: excerpt.head.kept, isWhole: true),
        snapshots: try SnapshotStatements.read(rows[first + 1], of: shard),
        consumers: try ConsumerStatements.read(rows[first + 2], of: shard))
    }
  }

  public nonisolated(nonsending) func importShard(_ image: ShardImage) async throws(StoreError) {
    try image.validate()
    let (shard, head) = (image.shard, image.head)
    if try await readHead(shard) != nil { throw .invalid("shard \(shard) is here already") }
    // One transaction, so nobody sees a head before its log.
    var queries = [LogStatements.patience(readLimit * 0.8), LogStatements.adoptHead(head, of: shard)]
    queries += Self.pieces(image.batches).map(LogStatements.adopt)
    queries += SnapshotStatements.write(image.snapshots, shard: shard, head: head)
    if !image.consumers.isEmpty { queries.append(ConsumerStatements.write(image.consumers, shard: shard, head: head)) }
    try await ask("an import of shard \(shard)", on: writer, within: readLimit, isWrite: true, weight: Group.rows, queries) { _ in }
  }

  /// As many as a statement of some megabytes holds.
  private static func pieces(_ batches: [AppendBatch]) -> [[AppendBatch]] {
    stride(from: 0, to: batches.count, by: 16).map { Array(batches[$0..<min($0 + 16, batches.count)]) }
  }
}
