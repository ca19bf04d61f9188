// Removing what no recovery and no consumer needs any more.
import TroupeCluster
import TroupeNet

extension PostgresStore {
  /// Some time later. What fails is left for the shard's next snapshot.
  func trim(_ shard: ShardID) {
    guard trims.withLock({ $0.add(shard) }) else { return }
    Task(executorPreference: loop) { [weak self] in
      while let self, let shard = trims.withLock({ $0.next() }) {
        let removed = try? await ask(
          "a trim of shard \(shard)", on: tails, within: readLimit, isWrite: true, [LogStatements.trim(shard, rows: TrimQueue.piece)]
        ) { $0.first?.count ?? 0 }
        if removed == TrimQueue.piece { _ = trims.withLock { $0.add(shard) } }
      }
    }
  }
}
