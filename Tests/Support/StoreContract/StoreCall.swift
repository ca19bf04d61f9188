// One call of a store, as a value: its answer can be compared with another store's.
import TroupeCluster
import TroupeJournal

enum StoreCall {
  case append([AppendBatch])
  case raise(ShardID, WriterID)
  case settle(BatchName)
  case head(ShardID)
  case tail(ShardID, Offset)
  case log(ShardID, String)
  case page(ShardID, Offset)
  case snapshots([SnapshotWrite], ShardID, floor: Offset, kept: Offset, Fence)
  case wakes(ShardID, Wake?)
  case consumers([ConsumerOffset], ShardID, Fence)
  case offsets(ShardID)
  case image(ShardID)
  case snapshot(ShardID, String)
  case entities(ShardID)

  /// The answer or the refusal, as text.
  func run(on store: some Store) async -> String {
    do throws(StoreError) {
      switch self {
      case .append(let batches): return "\(try await store.append(batches))"
      case .raise(let shard, let writer): return "\(try await store.raiseFence(shard, writer: writer))"
      case .settle(let name): return "\(try await store.settle(name))"
      case .head(let shard): return "\(try await store.readHead(shard) ?? .empty)"
      case .tail(let shard, let offset):
        return "\(try await store.readTail(shard, from: offset).map { ($0.offset, $0.entity, $0.turn.call) })"
      case .log(let shard, let entity): return "\(try await store.readLog(shard, kind: 1, entity: entity, limit: 3).map(\.offset))"
      case .page(let shard, let offset):
        return "\(try await store.readPage(shard, from: offset, limit: 7).map { ($0.offset, $0.turn.call) })"
      case .snapshots(let writes, let shard, let floor, let kept, let fence):
        return "\(try await store.writeSnapshots(writes, shard: shard, floor: floor, kept: kept, fence: fence))"
      case .wakes(let shard, let after): return "\(try await store.readWakes(shard, after: after, before: 7, count: 2))"
      case .consumers(let offsets, let shard, let fence):
        return "\(try await store.writeConsumers(offsets, shard: shard, fence: fence))"
      case .offsets(let shard): return "\(try await store.readConsumers(shard))"
      case .image(let shard): return (try await store.exportShard(shard)).map { "\($0)" } ?? "nothing"
      case .snapshot(let shard, let entity):
        return "\(try await store.readSnapshot(shard, kind: 1, entity: entity) ?? Snapshot(offset: Offset(9_999), state: []))"
      case .entities(let shard): return "\(try await store.listEntities(shard, kind: 1, after: "a", limit: 2))"
      }
    } catch {
      return error.code
    }
  }
}
